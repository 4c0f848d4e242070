import { describe, expect, it } from "vitest";
import type { QueueView } from "@/lib/queue/schema";
import { behind, mayMissOut, progress, remember, steady, waitWords } from "./place";

const view = (more: Partial<QueueView>): QueueView => ({
  status: "waiting",
  number: 40,
  position: 10,
  ahead: 9,
  waiting: 25,
  estimatedWaitSeconds: null,
  pollAfterMs: 1_000,
  enteredAt: "a",
  admittedAt: null,
  admittedUntil: null,
  seatsLeft: 100,
  mode: "on",
  opensAt: "",
  at: "",
  ...more,
});

describe("a place in line", () => {
  it("remembers the first and the best position of one stay", () => {
    let place = remember(null, view({ position: 10 }));
    place = remember(place, view({ position: 4 }));
    place = remember(place, view({ position: 6 }));
    expect(place).toEqual({ enteredAt: "a", firstPosition: 10, bestPosition: 4 });
    expect(remember(place, view({ enteredAt: "b", position: 90 }))).toMatchObject({ firstPosition: 90 });
    expect(progress(place, view({ position: 4 }))).toBeCloseTo(0.6);
  });

  it("clamps what is shown to the best position", () => {
    const place = { enteredAt: "a", firstPosition: 10, bestPosition: 4 };
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
    [{ estimatedWaitSeconds: null }, { kind: "unknown" }],
    [{ mode: "paused" as const, estimatedWaitSeconds: 5 }, { kind: "paused" }],
    [{ estimatedWaitSeconds: 3 }, { kind: "soon" }],
    [{ estimatedWaitSeconds: 60 }, { kind: "minute" }],
    [{ estimatedWaitSeconds: 240 }, { kind: "minutes", from: 3, to: 5 }],
    [{ estimatedWaitSeconds: 1_800 }, { kind: "minutes", from: 25, to: 40 }],
    [{ estimatedWaitSeconds: 9_000 }, { kind: "hours", from: 2, to: 3 }],
  ])("words the wait of %o", (more, words) => {
    expect(waitWords(view(more))).toEqual(words);
  });
});
