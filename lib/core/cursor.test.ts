import { describe, expect, it } from "vitest";
import { readCursor, writeCursor } from "./cursor";
import { newId } from "./ids";

describe("cursors", () => {
  it("come back to the microsecond", () => {
    const place = { at: "2027-01-09T09:00:00.123456Z", id: newId() };
    expect(readCursor(writeCursor(place))).toEqual(place);
  });

  const id = newId();
  it.each([
    "",
    "x",
    "null",
    "-1",
    writeCursor({ at: "2027-13-45T09:00:00.123456Z", id }),
    writeCursor({ at: "2027-01-09T09:00:00.123456Z", id: "1' or '1'='1" }),
    writeCursor({ at: "infinity", id }),
    writeCursor({ at: "2027-01-09T09:00:00.123456Z", id: `${id} x` }),
    "x".repeat(100_000),
  ])("that are not ours are refused %#", (text) => {
    expect(() => readCursor(text)).toThrow(expect.objectContaining({ code: "invalid_request" }));
  });
});
