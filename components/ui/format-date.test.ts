import { describe, expect, it } from "vitest";
import { formatDate } from "./format-date";

describe("formatDate", () => {
  const at = "2027-01-08T10:30:00Z";

  it("writes the venue's clock as Koreans do, on the server too", () => {
    expect(formatDate(at, { locale: "ko", timeZone: "Asia/Seoul" })).toBe("2027년 1월 8일 (금) 오후 7:30");
    expect(formatDate(at, { locale: "ko", timeZone: "America/New_York", style: "time" })).toBe("오전 5:30");
  });

  it("writes it in English", () => {
    expect(formatDate(at, { locale: "en", timeZone: "Asia/Seoul", style: "time" })).toMatch(/^7:30\sPM$/);
  });
});
