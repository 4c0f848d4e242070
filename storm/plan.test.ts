import { describe, expect, it } from "vitest";
import { FAULT_KINDS, nameOf, planFaults } from "./plan";
import { between, choose, randomOf } from "./random";

describe("the plan of a storm", () => {
  it("is the same for the same seed, and another for another", () => {
    const plan = planFaults(7, 120_000);
    expect(planFaults(7, 120_000)).toEqual(plan);
    // Also on other machines, and in years.
    expect(nameOf(plan)).toBe("12168ade");
    expect(planFaults(8, 120_000)).not.toEqual(plan);
    expect(plan.map(({ at }) => at)).toEqual(plan.map(({ at }) => at).sort((a, b) => a - b));
  });

  it("has each kind a hundred times in twenty minutes, and as many wrong clocks, whatever the seed", () => {
    for (let seed = 0; seed < 50; seed += 1) {
      const plan = planFaults(seed, 20 * 60_000);
      for (const kind of FAULT_KINDS) expect(plan.filter((fault) => fault.kind === kind).length).toBeGreaterThan(120);
      const killed = plan.filter(({ kind }) => kind === "kill a server");
      expect(killed.filter(({ skewMs }) => skewMs !== 0).length).toBeGreaterThan(100);
    }
  });
});

describe("random numbers", () => {
  it("are spread evenly, and differ between streams", () => {
    const random = randomOf(1, "fan", 2);
    const counts = Array.from({ length: 10 }, () => 0);
    for (let at = 0; at < 10_000; at += 1) counts[between(random, 0, 9)]! += 1;
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(150);
    expect(randomOf(1, "fan", 2)()).toBe(randomOf(1, "fan", 2)());
    expect(randomOf(1, "fan", 2)()).not.toBe(randomOf(1, "fan", 3)());
  });

  it("choose by shares, the last taking the rest", () => {
    const shares = { a: 0.5, b: 0.2, c: 0.1 };
    expect([0, 0.49, 0.5, 0.69, 0.71, 0.99].map((at) => choose(at, shares))).toEqual(["a", "a", "b", "b", "c", "c"]);
  });
});
