import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addWaits, WAIT_BOUNDS, waitPercentile } from "./wait-rules";

const classOf = (seconds: number): number => WAIT_BOUNDS.filter((bound) => seconds >= bound).length;

const countsOf = (waits: number[]): number[] => {
  const counts: number[] = [];
  for (const wait of waits) {
    const one: number[] = [];
    one[classOf(wait)] = 1;
    addWaits(
      counts,
      Array.from(one, (count) => count ?? 0),
    );
  }
  return Array.from(counts, (count) => count ?? 0);
};

describe("waitPercentile", () => {
  it("knows nothing of nobody", () => {
    expect(waitPercentile([], 0.5)).toBeNull();
    expect(waitPercentile([0, 0, 0], 0.9)).toBeNull();
  });

  it("is never further from the truth than a quarter, or a second", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 86_399, noNaN: true }), { minLength: 1, maxLength: 60 }),
        fc.constantFrom(0.5, 0.9),
        (waits, share) => {
          const sorted = [...waits].sort((a, b) => a - b);
          const exact = sorted[Math.ceil(share * sorted.length) - 1] as number;
          const counted = waitPercentile(countsOf(waits), share) as number;
          expect(Math.abs(counted - exact)).toBeLessThanOrEqual(Math.max(1.5, exact * 0.26));
        },
      ),
    );
  });

  it("answers the last bound for waits beyond a day", () => {
    expect(waitPercentile(countsOf([200_000]), 0.5)).toBe(86_400);
  });
});
