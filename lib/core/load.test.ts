import { describe, expect, it } from "vitest";
import { processLoad, stretchOf } from "./load";

describe("stretchOf", () => {
  it("asks for no longer waits while there is room", () => {
    expect(stretchOf(1, { utilization: 0.1, delayMs: 0 })).toBe(1);
    expect(stretchOf(1, { utilization: 0.7, delayMs: 1 })).toBeCloseTo(1.005);
  });

  it("rises with work and with lateness, by halves, up to five, and comes down again", () => {
    let stretch = 1;
    const seen = Array.from({ length: 6 }, () => {
      stretch = stretchOf(stretch, { utilization: 1, delayMs: 0 });
      return stretch;
    });
    expect(seen[0]).toBeCloseTo(2.5);
    expect(seen.at(-1)).toBeGreaterThan(3.9);
    expect(stretchOf(stretch, { utilization: 1, delayMs: 3000 })).toBe(5);
    for (let calm = 0; calm < 12; calm += 1) stretch = stretchOf(stretch, { utilization: 0.05, delayMs: 0 });
    expect(stretch).toBeCloseTo(1, 2);
  });
});

describe("processLoad", () => {
  it("sees a process that does nothing but work", async () => {
    const load = processLoad();
    const until = performance.now() + 1200;
    while (performance.now() < until) {
      const turn = performance.now() + 40;
      while (performance.now() < turn);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(load.stretch).toBeGreaterThan(1.5);
  });
});
