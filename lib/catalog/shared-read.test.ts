import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { LARGE_AGE_MS, SharedRead } from "./shared-read";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["performance", "setTimeout", "setImmediate"] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A source that counts its reads and takes `tookMs` for each; an answer is the moment that its read began. */
function source({ tookMs, isKept }: { tookMs: number; isKept: boolean }) {
  const began: number[] = [];
  const onIdle = vi.fn();
  const state = { tookMs, fails: false };
  const reads = new SharedRead<string, number>(
    async () => {
      const at = performance.now();
      began.push(at);
      await new Promise((resolve) => setTimeout(resolve, state.tookMs));
      if (state.fails) throw new Error("The database is away.");
      return at;
    },
    { onIdle, isKept: () => isKept },
  );
  return { reads, began, onIdle, state };
}

/** Asks every 10 ms for so long, and says how long each asker waited and how old the answer was at the question. */
async function askOften(reads: SharedRead<string, number>, forMs: number) {
  const seen: { waited: number; age: number }[] = [];
  for (let at = 0; at < forMs; at += 10) {
    const asked = performance.now();
    void reads.ask("x").then((from) => seen.push({ waited: performance.now() - asked, age: asked - from }));
    await vi.advanceTimersByTimeAsync(10);
  }
  await vi.advanceTimersByTimeAsync(2000);
  return seen;
}

const most = (numbers: number[]) => Math.max(...numbers);

describe("SharedRead", () => {
  it("answers nothing older than the question, one read at a time, with pauses after long ones", async () => {
    const { reads, began } = source({ tookMs: 20, isKept: false });
    const seen = await askOften(reads, 2000);
    expect(seen).toHaveLength(200);
    expect(most(seen.map(({ age }) => age))).toBeLessThanOrEqual(0);
    expect(most(seen.map(({ waited }) => waited))).toBeLessThanOrEqual(225);
    expect(began.length).toBeLessThanOrEqual(2000 / 200 + 2);
  });

  it("gives a kept answer at once for half a second and reads the next one behind", async () => {
    const { reads, began } = source({ tookMs: 20, isKept: true });
    const seen = await askOften(reads, 5000);
    expect(seen).toHaveLength(500);
    // Only who came during the first read waited, and for that one alone.
    expect(seen.filter(({ waited }) => waited > 0).length).toBeLessThanOrEqual(2);
    expect(most(seen.map(({ waited }) => waited))).toBeLessThanOrEqual(20);
    expect(most(seen.map(({ age }) => age))).toBeLessThanOrEqual(LARGE_AGE_MS);
    expect(began.length).toBeLessThanOrEqual(5000 / 450 + 2);
  });

  it("never gives a kept answer for longer, however slow the reads have become", async () => {
    const { reads, state } = source({ tookMs: 20, isKept: true });
    await askOften(reads, 100);
    state.tookMs = 900;
    const seen = await askOften(reads, 5000);
    expect(seen).toHaveLength(500);
    expect(most(seen.map(({ age }) => age))).toBeLessThanOrEqual(LARGE_AGE_MS);
  });

  it("tells of a failure only those for whom nothing else is young enough", async () => {
    const { reads, state } = source({ tookMs: 20, isKept: true });
    const first = reads.ask("x");
    await vi.advanceTimersByTimeAsync(30);
    const from = await first;
    state.fails = true;
    expect(await reads.ask("x")).toBe(from);
    await vi.advanceTimersByTimeAsync(LARGE_AGE_MS);
    const late = expect(reads.ask("x")).rejects.toThrow("The database is away.");
    await vi.advanceTimersByTimeAsync(1000);
    await late;
    state.fails = false;
    const again = reads.ask("x");
    await vi.advanceTimersByTimeAsync(1000);
    expect(await again).toBeGreaterThan(from + LARGE_AGE_MS);
  });

  it("is idle once nobody asked for a while", async () => {
    const { reads, began, onIdle } = source({ tookMs: 20, isKept: true });
    await askOften(reads, 10);
    expect(began).toHaveLength(1);
    expect(onIdle).toHaveBeenCalledOnce();
  });
});
