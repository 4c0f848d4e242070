import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BLOCK, DepartedNumbers } from "./departed-numbers";

const number = fc.integer({ min: 1, max: 5 * BLOCK });

describe("DepartedNumbers", () => {
  it("counts as a plain set does", () => {
    fc.assert(
      fc.property(fc.array(number, { maxLength: 300 }), number, number, (numbers, a, b) => {
        const [after, before] = a < b ? [a, b] : [b, a];
        const departed = new DepartedNumbers();
        for (const one of numbers) departed.add(one);
        const plain = new Set(numbers);
        expect(departed.countBetween(after, before)).toBe([...plain].filter((n) => n > after && n < before).length);
        for (const n of [after, before, ...numbers]) expect(departed.has(n)).toBe(plain.has(n));
      }),
      { numRuns: 300 },
    );
  });

  it("still counts what lies after a forgotten part, and reports it by block", () => {
    fc.assert(
      fc.property(fc.array(number, { maxLength: 300 }), number, (numbers, through) => {
        const departed = new DepartedNumbers();
        for (const one of numbers) departed.add(one);
        departed.forgetThrough(through);
        const after = [...new Set(numbers)].filter((n) => n > through);
        expect(departed.countBetween(through, 6 * BLOCK)).toBe(after.length);
        const { from, counts } = departed.countsAfter(through);
        expect(counts.reduce((sum, count) => sum + count, 0)).toBe(after.length);
        counts.forEach((count, at) => {
          const start = from + at * BLOCK;
          expect(count).toBe(after.filter((n) => n >= start && n < start + BLOCK).length);
        });
      }),
      { numRuns: 300 },
    );
  });

  it("goes on counting as people leave and parts are forgotten, and takes nobody in there any more", () => {
    const step = fc.oneof(
      { weight: 6, arbitrary: fc.record({ add: number }) },
      { weight: 1, arbitrary: fc.record({ forgetThrough: number }) },
      { weight: 3, arbitrary: fc.record({ after: number, before: number }) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const departed = new DepartedNumbers();
        let plain = new Set<number>();
        let first = 0;
        for (const one of steps) {
          if ("add" in one) {
            departed.add(one.add);
            if (one.add >= first) plain.add(one.add);
          } else if ("forgetThrough" in one) {
            departed.forgetThrough(one.forgetThrough);
            first = Math.max(first, Math.floor((one.forgetThrough + 1) / BLOCK) * BLOCK);
            plain = new Set([...plain].filter((n) => n >= first));
          } else {
            const { after, before } = one;
            expect(departed.countBetween(after, before)).toBe([...plain].filter((n) => n > after && n < before).length);
            expect(departed.has(after)).toBe(plain.has(after));
            const total = departed.countsAfter(after).counts.reduce((sum, count) => sum + count, 0);
            expect(total).toBe([...plain].filter((n) => n > after).length);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it("holds a million numbers in 128 KB of bits", () => {
    const departed = new DepartedNumbers();
    for (let n = 1; n <= 1_000_000; n += 2) departed.add(n);
    expect(departed.countBetween(0, 1_000_001)).toBe(500_000);
    expect(JSON.stringify(departed.countsAfter(0).counts).length).toBeLessThan(5000);
  });
});
