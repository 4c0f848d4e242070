import { describe, expect, it } from "vitest";
import { creditAfter, estimateWait, pollAfter } from "./rules";

describe("estimateWait", () => {
  it("divides the place by the measured rate", () => {
    expect(estimateWait(600, 60, "on")).toBe(600);
    expect(estimateWait(1, 6000, "on")).toBe(1);
  });
  it("says nothing when the room is paused or nobody was admitted lately", () => {
    expect(estimateWait(600, 60, "paused")).toBeNull();
    expect(estimateWait(600, 0, "on")).toBeNull();
  });
});

describe("pollAfter", () => {
  it("asks the next in line every second and the far end seldom, never more often than each second", () => {
    for (const chance of [0, 0.5, 0.99]) {
      expect(pollAfter(1, 1, "on", chance)).toBeGreaterThanOrEqual(1000);
      expect(pollAfter(1, 1, "on", chance)).toBeLessThanOrEqual(1150);
      expect(pollAfter(900_000, 3600, "on", chance)).toBeGreaterThanOrEqual(17_000);
      expect(pollAfter(900_000, 3600, "on", chance)).toBeLessThanOrEqual(23_000);
    }
  });
  it("spreads polls and stretches them under load", () => {
    expect(pollAfter(5000, 100, "on", 0)).toBeLessThan(pollAfter(5000, 100, "on", 0.9));
    expect(pollAfter(5000, 100, "on", 0.5, 3)).toBe(3 * pollAfter(5000, 100, "on", 0.5));
  });
});

describe("creditAfter", () => {
  it("earns by the minute and saves at most a second's worth, or one", () => {
    expect(creditAfter(0, 0.5, 600)).toBe(5);
    expect(creditAfter(0, 3600, 600)).toBe(10);
    expect(creditAfter(0, 5, 6)).toBe(0.5);
    expect(creditAfter(0.9, 600, 6)).toBe(1);
  });
  it("earns nothing at rate zero and loses nothing to a clock that steps back", () => {
    expect(creditAfter(3, 60, 0)).toBe(0);
    expect(creditAfter(3, -60, 600)).toBe(3);
  });
});
