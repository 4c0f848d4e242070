import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isoTime } from "./iso-time";

describe("isoTime", () => {
  it("writes what Date writes, of any instant and a part of a millisecond", () => {
    for (const ms of [0, -1, 1, 86_399_999, 86_400_000, Date.UTC(2028, 1, 29, 23, 59, 59, 999), 253_402_300_799_999]) {
      expect(isoTime(ms)).toBe(new Date(ms).toISOString());
    }
    fc.assert(
      fc.property(fc.date({ noInvalidDate: true }), fc.double({ min: 0, max: 0.999, noNaN: true }), (at, part) => {
        expect(isoTime(at.getTime() + (Math.abs(at.getTime()) < 2 ** 42 ? part : 0))).toBe(at.toISOString());
      }),
    );
  });
});
