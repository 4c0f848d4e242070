import { describe, expect, it } from "vitest";
import type { Pulse, QueueView } from "@/lib/queue/schema";
import { behind, fromPulse, isFar, mayMissOut, progress, remember, steady, together, waitWords } from "./place";

const view = (more: Partial<QueueView>): QueueView => ({
  status: "waiting",
  number: 40,
  position: 10,
  ahead: 9,
  waiting: 25,
  estimatedWaitSeconds: null,
  estimatedWaitRange: null,
  pollAfterMs: 1_000,
  enteredAt: "a",
  admittedAt: null,
  admittedUntil: null,
  seatsLeft: 100,
  mode: "on",
  opensAt: "2026-12-01T00:00:00.000Z",
  at: "2027-01-01T00:00:01.000Z",
  ...more,
});

describe("a place in line", () => {
  it("remembers the first and the best position of one stay", () => {
    let place = remember(null, view({ position: 10 }));
    place = remember(place, view({ position: 4 }));
    place = remember(place, view({ position: 6 }));
    expect(place).toEqual({ wait: "a", firstPosition: 10, bestPosition: 4, sawSeats: true });
    expect(remember(place, view({ enteredAt: "b", position: 90 }))).toMatchObject({ firstPosition: 90 });
    expect(progress(place, view({ position: 4 }))).toBeCloseTo(0.6);
  });

  it("clamps what is shown to the best position", () => {
    const place = { wait: "a", firstPosition: 10, bestPosition: 4, sawSeats: true };
    expect(steady(null, view({ position: 6 }), place)).toMatchObject({ position: 4, ahead: 3 });
    expect(steady(null, view({ enteredAt: "b", position: 6 }), place)).toMatchObject({ position: 6 });
  });

  it("counts those behind and warns when seats will not reach", () => {
    expect(behind(view({ position: 10, waiting: 25 }))).toBe(15);
    expect(behind(view({ position: 30, waiting: 25 }))).toBe(0);
    expect(mayMissOut(view({ ahead: 100, seatsLeft: 100 }))).toBe(true);
    expect(mayMissOut(view({ ahead: 99, seatsLeft: 100 }))).toBe(false);
  });

  it.each([
    [{ estimatedWaitRange: null }, { kind: "unknown" }],
    [{ mode: "paused" as const, estimatedWaitRange: { from: 3, to: 9 } }, { kind: "paused" }],
    [{ estimatedWaitRange: { from: 1, to: 12 } }, { kind: "soon" }],
    [{ estimatedWaitRange: { from: 40, to: 70 } }, { kind: "minute" }],
    [{ estimatedWaitRange: { from: 20, to: 170 } }, { kind: "within", to: 3 }],
    [{ estimatedWaitRange: { from: 200, to: 290 } }, { kind: "minutes", from: 3, to: 5 }],
    [{ estimatedWaitRange: { from: 1_600, to: 2_150 } }, { kind: "minutes", from: 25, to: 40 }],
    [{ estimatedWaitRange: { from: 8_000, to: 10_000 } }, { kind: "hours", from: 2, to: 3 }],
  ])("words the wait of %o", (more, words) => {
    expect(waitWords(view(more))).toEqual(words);
  });
});

describe("two tabs", () => {
  it("agree on the best position of the same wait, and on nothing else", () => {
    const mine = { wait: "a", firstPosition: 20, bestPosition: 9, sawSeats: false };
    const theirs = { wait: "a", firstPosition: 30, bestPosition: 7, sawSeats: true };
    expect(together(mine, theirs, view({}))).toEqual({ wait: "a", firstPosition: 30, bestPosition: 7, sawSeats: true });
    expect(together(mine, { ...theirs, wait: "b" }, view({}))).toBe(mine);
    expect(together(null, null, view({}))).toBeNull();
  });
});

describe("letting others go first", () => {
  const admitted = view({ status: "admitted", position: null, ahead: null, deferralsLeft: 2 });
  const aside = view({ position: 5, ahead: 4, deferred: true, deferralsLeft: 1 });

  it("is a wait of its own, whose position was never better", () => {
    const before = remember(null, view({ position: 1 }));
    const place = remember(before, aside);
    expect(place).toMatchObject({ firstPosition: 5, bestPosition: 5 });
    expect(steady(admitted, aside, place)).toMatchObject({ status: "waiting", position: 5 });
  });

  it("is not undone by an answer that was under way before, nor by a server that lags", () => {
    const late = { ...aside, at: "2027-01-01T00:00:02.000Z" };
    expect(steady(late, admitted, null)).toMatchObject({ status: "waiting", deferred: true });
    expect(steady(admitted, view({ position: 1, at: "2027-01-01T00:00:09.000Z" }), null).status).toBe("admitted");
  });
});

describe("the shared pulse", () => {
  const pulse = (more: Partial<Pulse> = {}): Pulse => ({
    servedThrough: 2_000,
    lastNumber: 90_000,
    gone: { blockSize: 1_024, from: 1_024, counts: [10, 20, 30, 40] },
    admittedPerMinute: 600,
    admissionsPerMinute: 6_000,
    flow: { variation: 0.1, samples: 30 },
    pace: 1,
    mode: "on",
    seatsLeft: 77,
    at: "2027-01-01T00:00:09.000Z",
    ...more,
  });
  const far = view({ number: 50_000, position: 49_000, ahead: 48_999, estimatedWaitSeconds: 5_000, token: "t" });

  it("tells a far place exactly to its block, with the wait and the pace that follow from it", () => {
    const next = fromPulse(far, pulse(), 0.5);
    expect(next).toMatchObject({
      position: 50_000 - 2_000 - 100,
      ahead: 47_899,
      waiting: 90_000 - 2_000 - 100,
      estimatedWaitSeconds: 4_790,
      pollAfterMs: 20_000,
      seatsLeft: 77,
      enteredAt: "a",
    });
    expect(next?.token).toBeUndefined();
    expect(next?.estimatedWaitRange?.from).toBeLessThan(4_790);
    expect(next?.estimatedWaitRange?.to).toBeGreaterThan(4_790);
    expect(fromPulse(far, pulse({ pace: 3 }), 0.5)?.pollAfterMs).toBe(60_000);
  });

  it("never tells a place nearer than it is: of the own block nobody is taken for gone", () => {
    const inFirstBlock = view({ number: 2_047, position: 600, estimatedWaitSeconds: null });
    expect(fromPulse(inFirstBlock, pulse({ servedThrough: 1_100 }), 0)?.position).toBe(947);
  });

  it("sends the fan to ask for the own place near the front, and once the number was served", () => {
    expect(isFar(far)).toBe(true);
    expect(isFar(view({ position: 499 }))).toBe(false);
    expect(isFar(view({ position: 5_000, estimatedWaitSeconds: 30 }))).toBe(false);
    expect(isFar({ ...far, deferred: true })).toBe(false);
    expect(isFar({ ...far, status: "lobby", number: null, position: null })).toBe(false);
    expect(fromPulse(far, pulse({ servedThrough: 50_000 }), 0)).toBeNull();
  });
});
