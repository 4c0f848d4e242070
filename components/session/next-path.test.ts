import { describe, expect, it } from "vitest";
import { safeNextPath } from "./next-path";

describe("safeNextPath", () => {
  it.each(["/wallet", "/ko/concerts/a-b/queue", "/concerts/x/seats?performance=1#map"])("keeps %s", (path) => {
    expect(safeNextPath(path)).toBe(path);
  });

  it.each([
    null,
    "",
    "wallet",
    "//evil.example",
    "/\\evil.example",
    "/\t/evil.example",
    "\\\\evil.example",
    "https://evil.example",
    "javascript:alert(1)",
    "/..//evil.example",
    "/.//evil.example",
    "/api/auth/signout",
    `/${"a".repeat(3000)}`,
  ])("turns %j into the front page", (path) => {
    expect(safeNextPath(path)).toBe("/");
  });
});
