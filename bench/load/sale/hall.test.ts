import { describe, expect, it } from "vitest";
import { HallView, seatKey } from "./hall";

const sections = new Map(["A", "B"].map((name) => [name, { name, rows: 2, seatsPerRow: 4 }]));
const hall = (a: string, b = "ssssssss") =>
  new HallView(
    new Map([
      ["A", a],
      ["B", b],
    ]),
    sections,
  );
/** Chances in turn: which section, then where in it. */
const chances = (...values: number[]) => {
  let at = 0;
  return () => values[at++ % values.length] as number;
};

describe("choosing seats in a hall", () => {
  it("takes neighbours of one row, also past the end and round to the start", () => {
    expect(hall("aaaaaaaa").choose(3, chances(0, 0))).toEqual([{ section: "A", places: [0, 1, 2] }]);
    expect(hall("aaahshaa").choose(3, chances(0, 0.5))).toEqual([{ section: "A", places: [0, 1, 2] }]);
  });

  it("never takes the end of one row and the start of the next for neighbours", () => {
    expect(hall("hhaaaahh").choose(3, chances(0, 0))).toEqual([{ section: "A", places: [2, 3, 4] }]);
    expect(hall("hhaaaaah").choose(3, chances(0, 0))).toEqual([{ section: "A", places: [4, 5, 6] }]);
  });

  it("goes on in another section, and takes fewer where there are no more", () => {
    expect(hall("ahhhhhha", "hhhhhhha").choose(3, chances(0))).toEqual([
      { section: "A", places: [0, 7] },
      { section: "B", places: [7] },
    ]);
    expect(hall("hhhhhhhh", "hhhhhhha").choose(3, chances(0))).toEqual([{ section: "B", places: [7] }]);
    expect(hall("ssssssss").choose(1, chances(0))).toEqual([]);
  });

  it("leaves out what turned out to be taken, and takes in what changed", () => {
    const lost = new Set([seatKey("A", 0), seatKey("A", 1)]);
    expect(hall("aaahhhhh").without(lost).choose(3, chances(0))).toEqual([{ section: "A", places: [2] }]);
    const changed = hall("aaaaaaaa").after([{ name: "A", states: "hhhhhhha" }]);
    expect(changed.choose(2, chances(0))).toEqual([{ section: "A", places: [7] }]);
  });
});
