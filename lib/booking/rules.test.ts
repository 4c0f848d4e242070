import { describe, expect, it } from "vitest";
import { isNearlySoldOut, runsOf, seatsLeftAlone } from "./rules";

const alone = (free: number[], wanted: number[]) => seatsLeftAlone(free, new Set(wanted));
const row = (length: number) => Array.from({ length }, (_, at) => at + 1);

describe("runsOf", () => {
  it("finds what lies together, in any order", () => {
    expect(runsOf([7, 1, 2, 5, 4])).toEqual([
      { first: 1, last: 2 },
      { first: 4, last: 5 },
      { first: 7, last: 7 },
    ]);
    expect(runsOf([])).toEqual([]);
  });
});

describe("seatsLeftAlone", () => {
  it("names a seat between taken ones and one beside the aisle", () => {
    expect(alone(row(6), [1, 3])).toEqual([2]);
    expect(alone(row(6), [2, 3])).toEqual([1]);
    expect(alone(row(6), [4, 5])).toEqual([6]);
    expect(alone([3, 4, 5, 6, 9, 10], [4])).toEqual([3]);
  });

  it("has nothing against seats from an end, or with two beside", () => {
    expect(alone(row(6), [1, 2])).toEqual([]);
    expect(alone(row(6), [3, 4])).toEqual([]);
    expect(alone(row(6), row(6))).toEqual([]);
  });

  it("lets pass what leaves no choice: all but one seat of a run", () => {
    expect(alone(row(3), [1, 2])).toEqual([]);
    expect(alone(row(3), [1, 3])).toEqual([]);
    expect(alone(row(2), [2])).toEqual([]);
    expect(alone([1, 2, 5, 6, 7, 8], [1, 6])).toEqual([5]);
  });

  it("does not look at seats that were alone before, nor at runs that nobody touches", () => {
    expect(alone([1, 4, 5, 6, 7], [4, 5])).toEqual([]);
    expect(alone([1], [1])).toEqual([]);
  });
});

describe("isNearlySoldOut", () => {
  it("begins below a twentieth", () => {
    expect(isNearlySoldOut({ free: 5, total: 100 })).toBe(false);
    expect(isNearlySoldOut({ free: 4, total: 100 })).toBe(true);
    expect(isNearlySoldOut({ free: 0, total: 10 })).toBe(true);
  });
});
