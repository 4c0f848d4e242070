import { describe, expect, it } from "vitest";
import type { OwnLine, QueueView } from "@/lib/queue/schema";
import type { RememberedPlace } from "./place";
import { nextLook, steadyLines } from "./steady-lines";

const line = (id: string, position: number | null, more: Partial<QueueView> = {}): OwnLine => ({
  concert: { id, slug: id, title: id, artist: "", venue: { name: "", timeZone: "Asia/Seoul" } },
  queue: {
    status: position === null ? "admitted" : "waiting",
    number: 40,
    position,
    ahead: position === null ? null : position - 1,
    waiting: 50,
    estimatedWaitSeconds: null,
    estimatedWaitRange: null,
    pollAfterMs: 4_000,
    enteredAt: "a",
    admittedAt: null,
    admittedUntil: null,
    seatsLeft: 100,
    mode: "on",
    opensAt: "2026-12-01T00:00:00.000Z",
    at: "2027-01-01T00:00:01.000Z",
    ...more,
  },
});

describe("the own lines", () => {
  it("show no position that rises, in any of them, and share what they saw with each line's own page", () => {
    const kept = new Map<string, RememberedPlace | null>();
    const memory = {
      recall: (id: string) => kept.get(id) ?? null,
      memorise: (id: string, place: RememberedPlace | null) => void kept.set(id, place),
    };
    const first = steadyLines(undefined, [line("a", 9), line("b", 300)], memory);
    const second = steadyLines(first, [line("a", 12), line("b", 250)], memory);
    expect(second.map(({ queue }) => queue.position)).toEqual([9, 250]);
    kept.set("b", { ...(kept.get("b") as RememberedPlace), bestPosition: 200 });
    expect(steadyLines(second, [line("a", null), line("b", 240)], memory).map(({ queue }) => queue.position)).toEqual([
      null,
      200,
    ]);
    expect(kept.get("b")?.bestPosition).toBe(200);
  });

  it("are looked at as the nearest of them asks, half as often, and never in a rush", () => {
    expect(nextLook([line("a", 9), line("b", 300, { pollAfterMs: 9_000 })])).toBe(8_000);
    expect(nextLook([line("a", 1, { pollAfterMs: 500 })])).toBe(2_000);
    expect(nextLook([])).toBe(20_000);
    expect(nextLook(undefined)).toBe(20_000);
  });
});
