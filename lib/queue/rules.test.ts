import { describe, expect, it } from "vitest";
import {
  creditAfter,
  estimateWait,
  flowOf,
  leadingZeroBits,
  lobbyPollAfter,
  paceWait,
  pollAfter,
  positionFromPulse,
  waitRange,
} from "./rules";

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

describe("waitRange", () => {
  const even = flowOf({ samples: 30, sum: 30_000, squares: 30 * 1_000 ** 2 });

  it("is about the estimate, and no surer than a tenth of it", () => {
    expect(waitRange(60_000, 6_000, even, "on")).toEqual({ from: 540, to: 660 });
    for (const position of [1, 10, 1_000, 100_000]) {
      const range = waitRange(position, 600, even, "on");
      const estimate = estimateWait(position, 600, "on") as number;
      expect(range?.from).toBeLessThanOrEqual(estimate);
      expect(range?.to).toBeGreaterThanOrEqual(estimate);
    }
  });

  it("widens with an uneven line and with few samples, and says nothing when nothing is known", () => {
    const uneven = flowOf({ samples: 30, sum: 30_000, squares: 30 * (1_000 ** 2 + 900 ** 2) });
    const width = (flow: typeof even) => {
      const range = waitRange(6_000, 6_000, flow, "on");
      return (range?.to ?? 0) - (range?.from ?? 0);
    };
    expect(width(uneven)).toBeGreaterThan(3 * width(even));
    expect(width(flowOf({ samples: 2, sum: 100, squares: 6_000 }))).toBeGreaterThan(width(even));
    expect(waitRange(10, 0, even, "on")).toBeNull();
    expect(waitRange(10, 600, even, "paused")).toBeNull();
  });

  it("holds the wait in nine of ten simulated lines (negative control: half as wide, it does not)", () => {
    // A small generator with a fixed seed: uneven turns of ten seconds, mean 100.
    let seed = 7;
    const chance = () => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      return seed / 2 ** 31;
    };
    const turn = () => Math.round(20 + 160 * chance());
    let held = 0;
    let heldByHalf = 0;
    const lines = 400;
    for (let line = 0; line < lines; line += 1) {
      const seen = Array.from({ length: 30 }, turn);
      const sum = seen.reduce((a, b) => a + b, 0);
      const flow = flowOf({ samples: 30, sum, squares: seen.reduce((a, b) => a + b * b, 0) });
      const position = 3_000;
      const perMinute = (sum / 30) * 6;
      const range = waitRange(position, perMinute, flow, "on") as { from: number; to: number };
      let left = position;
      let seconds = 0;
      while (left > 0) {
        left -= turn();
        seconds += 10;
      }
      const middle = (range.from + range.to) / 2;
      const half = (range.to - range.from) / 4;
      if (seconds >= range.from - 10 && seconds <= range.to + 10) held += 1;
      if (seconds >= middle - half && seconds <= middle + half) heldByHalf += 1;
    }
    expect(held / lines).toBeGreaterThan(0.88);
    expect(heldByHalf / lines).toBeLessThan(0.8);
  });
});

describe("positionFromPulse", () => {
  it("takes off whole blocks before the number's own", () => {
    const gone = { blockSize: 1_024, from: 1_024, counts: [3, 5, 7] };
    expect(positionFromPulse(5_000, { servedThrough: 1_100, gone })).toBe(5_000 - 1_100 - 15);
    expect(positionFromPulse(2_100, { servedThrough: 1_100, gone })).toBe(2_100 - 1_100 - 3);
    expect(positionFromPulse(1_101, { servedThrough: 1_100, gone })).toBe(1);
    expect(positionFromPulse(1_100, { servedThrough: 1_100, gone })).toBeNull();
  });
});

describe("leadingZeroBits", () => {
  it("counts to the first one", () => {
    expect(leadingZeroBits(Uint8Array.of(0x80))).toBe(0);
    expect(leadingZeroBits(Uint8Array.of(0, 0x1f, 0xff))).toBe(11);
    expect(leadingZeroBits(Uint8Array.of(0, 0))).toBe(16);
  });
});

const EVEN = { variation: 0.1, samples: 30 };
const JUST_BEGUN = { variation: 0.5, samples: 1 };

describe("paceWait", () => {
  it("goes by the measured rate once the line has moved for half a minute, before by what the organiser allows", () => {
    const speed = { admittedPerMinute: 600, admissionsPerMinute: 6_000, flow: EVEN };
    expect(paceWait(1_000, speed)).toBe(100);
    expect(paceWait(1_000, { ...speed, flow: JUST_BEGUN })).toBe(10);
    expect(paceWait(1_000, { ...speed, admittedPerMinute: 0 })).toBe(10);
    expect(paceWait(1_000, { ...speed, admittedPerMinute: 0, admissionsPerMinute: 0 })).toBe(Number.POSITIVE_INFINITY);
  });
});

describe("pollAfter", () => {
  it("asks the next in line every second and the far end seldom, never more often than each second", () => {
    for (const chance of [0, 0.5, 0.99]) {
      expect(pollAfter(1, "on", chance)).toBeGreaterThanOrEqual(1000);
      expect(pollAfter(1, "on", chance)).toBeLessThanOrEqual(1150);
      for (const far of [3600, Number.POSITIVE_INFINITY]) {
        expect(pollAfter(far, "on", chance)).toBeGreaterThanOrEqual(17_000);
        expect(pollAfter(far, "on", chance)).toBeLessThanOrEqual(23_000);
      }
    }
  });
  it("spreads polls and stretches far ones under load", () => {
    expect(pollAfter(100, "on", 0)).toBeLessThan(pollAfter(100, "on", 0.9));
    expect(pollAfter(100, "on", 0.5, 3)).toBe(3 * pollAfter(100, "on", 0.5));
    expect(pollAfter(3600, "on", 0.5, 5)).toBe(100_000);
  });
  it("never pauses for more than half of the wait, whatever the load (but for a second and its spread)", () => {
    for (const load of [1, 2, 5]) {
      for (let seconds = 0; seconds < 200; seconds += 0.5) {
        for (const chance of [0, 0.5, 0.999]) {
          const most = Math.max(1150, seconds * 500);
          expect(pollAfter(seconds, "on", chance, load)).toBeLessThanOrEqual(most + 1);
          expect(lobbyPollAfter(seconds * 1000, 10, chance, load)).toBeLessThanOrEqual(
            Math.max(1000 * load * 1.15, most + 1),
          );
        }
      }
    }
    // Negative control: a tenth of the wait, stretched, is more.
    expect(3 * 100 * 5 * 1.15).toBeGreaterThan(3 * 500);
  });
  it("wakes nobody for nothing while the room is paused", () => {
    expect(pollAfter(1, "paused", 0.5)).toBe(4000);
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
