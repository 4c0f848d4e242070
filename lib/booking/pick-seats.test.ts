import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type PickBlock, type PickWish, pickSeats } from "./pick-seats";
import { nobodyAlone } from "./testing/hall";

const block = (given: Partial<PickBlock> = {}): PickBlock => ({
  name: "A",
  tier: "R",
  price: 10_000,
  rows: 1,
  seatsPerRow: 10,
  ...given,
});

/** Groups in order, each as "A1:5,6" per row; `rows` are drawn with "." for free and "x" for taken. */
function groups(blocks: PickBlock[], drawn: string[], wish: PickWish): string[] {
  const text = drawn.join("").replaceAll(" ", "");
  const starts = blocks.map((_, at) => blocks.slice(0, at).reduce((sum, b) => sum + b.rows * b.seatsPerRow, 0));
  const isFree = (at: number, index: number) => text[(starts[at] as number) + index] === ".";
  return [...pickSeats(blocks, wish, isFree)].map((group) => {
    const rows = new Map<string, number[]>();
    for (const { block: at, index } of group) {
      const { name, seatsPerRow } = blocks[at] as PickBlock;
      const key = `${name}${Math.floor(index / seatsPerRow) + 1}`;
      rows.set(key, [...(rows.get(key) ?? []), (index % seatsPerRow) + 1]);
    }
    return [...rows].map(([row, numbers]) => `${row}:${numbers.join(",")}`).join(" ");
  });
}

describe("pickSeats", () => {
  it("starts in the middle of the front row", () => {
    expect(groups([block({ rows: 2 })], ["..........", ".........."], { count: 2 })[0]).toBe("A1:5,6");
    expect(groups([block()], [".........."], { count: 1 })[0]).toMatch(/^A1:[56]$/);
  });

  it("goes by price, then by the organiser's order, then by row", () => {
    const blocks = [block({ name: "B", price: 1 }), block({ name: "C", price: 2 }), block({ name: "D", price: 2 })];
    const drawn = ["..........", ".xxxxxxxxx", ".........."];
    expect(groups(blocks, drawn, { count: 2 })[0]).toBe("D1:5,6");
    expect(groups(blocks, drawn, { count: 1 })[0]).toBe("C1:1");
    expect(groups(blocks, drawn, { count: 2, section: "B" })[0]).toBe("B1:5,6");
    expect(groups(blocks, drawn, { count: 2, tier: "S" })).toEqual([]);
  });

  it("prefers seats that leave nobody alone, also rows further back", () => {
    expect(groups([block({ rows: 2, seatsPerRow: 6 })], ["x...xx", "......"], { count: 2 })).toEqual([
      "A2:3,4",
      "A2:1,2",
      "A2:5,6",
      "A1:3,4",
      "A1:2,3",
      "A2:2,3",
      "A2:4,5",
    ]);
  });

  it("splits a group into parts of two and more, as near as can be, and never leaves one apart", () => {
    const hall = [block({ rows: 3, seatsPerRow: 6 })];
    expect(groups(hall, ["..x..x", "xxxxxx", "xxxxxx"], { count: 4 })[0]).toBe("A1:1,2,4,5");
    expect(groups(hall, ["..xxxx", "xxxx..", "..xxxx"], { count: 4 })[0]).toBe("A1:1,2 A2:5,6");
    expect(groups(hall, ["..xxxx", "xxxxxx", "...xxx"], { count: 5 })[0]).toBe("A1:1,2 A3:1,2,3");
    expect(groups(hall, ["..xxxx", "xxxxxx", ".xxxxx"], { count: 3 })).toEqual([]);
    expect(groups(hall, [".x.x.x", "......", "xxxxxx"], { count: 7 })).toEqual([]);
    expect(groups(hall, ["...xxx", "xxxxxx", "..xxxx"], { count: 4 })[0]).toBe("A1:1,2 A3:1,2");
  });

  it("goes across to the next section of the same tier only", () => {
    const pair = ["..xxxxxxxx", "..xxxxxxxx"];
    expect(groups([block(), block({ name: "B" })], pair, { count: 4 })[0]).toBe("A1:1,2 B1:1,2");
    expect(groups([block(), block({ name: "B", tier: "S" })], pair, { count: 4 })).toEqual([]);
  });

  it("gives free seats only, the wished number of them, nobody alone, whatever the hall", () => {
    const hall = fc.record({
      rows: fc.integer({ min: 1, max: 6 }),
      seatsPerRow: fc.integer({ min: 1, max: 9 }),
      free: fc.array(fc.boolean(), { minLength: 54, maxLength: 54 }),
      count: fc.integer({ min: 1, max: 8 }),
    });
    fc.assert(
      fc.property(hall, ({ rows, seatsPerRow, free, count }) => {
        const blocks = [block({ rows, seatsPerRow })];
        let seen = 0;
        for (const group of pickSeats(blocks, { count }, (_, index) => free[index] ?? false)) {
          expect(new Set(group.map(({ index }) => index)).size).toBe(count);
          for (const { index } of group) expect(free[index] && index < rows * seatsPerRow).toBe(true);
          const seats = group.map(({ index }) => ({
            section: "A",
            row: Math.floor(index / seatsPerRow),
            number: index % seatsPerRow,
          }));
          expect(nobodyAlone(seats)).toBe(true);
          if (++seen === 50) break;
        }
      }),
      { numRuns: 300 },
    );
  });
});
