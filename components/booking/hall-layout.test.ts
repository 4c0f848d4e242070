import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Block,
  cellOf,
  type Hall,
  type HallSection,
  hit,
  layoutHall,
  place,
  seatAt,
  seatIndex,
} from "./hall-layout";
import { levelOf, shortName } from "./section-name";

const EXAMPLES = ["hongdae-night-2027", "bluesquare-strings-2027", "kspo-encore-2027", "worldcup-stadium-2027"];
const sectionsOf = (name: string): HallSection[] =>
  JSON.parse(readFileSync(new URL(`../../examples/${name}.json`, import.meta.url), "utf8")).sections;

/** Seats of a hall that stand closer together than chairs can. */
function crowded(hall: Hall): string[] {
  const grid = new Map<string, { x: number; y: number; name: string }[]>();
  const found: string[] = [];
  for (const block of hall.blocks) {
    for (let inside = 0; inside < block.rows * block.seatsPerRow; inside++) {
      const cell = cellOf(block, inside);
      const { x, y } = place(block, cell.column, cell.line);
      const column = Math.floor(x);
      const line = Math.floor(y);
      for (let dx = -1; dx <= 1; dx++) {
        for (let dy = -1; dy <= 1; dy++) {
          for (const other of grid.get(`${column + dx}:${line + dy}`) ?? []) {
            if (Math.hypot(other.x - x, other.y - y) < 0.9) found.push(`${other.name} and ${block.name}`);
          }
        }
      }
      const key = `${column}:${line}`;
      grid.set(key, [...(grid.get(key) ?? []), { x, y, name: block.name }]);
    }
  }
  return found;
}

const centreOf = (block: Block, inside: number) => {
  const cell = cellOf(block, inside);
  return place(block, cell.column, cell.line);
};

describe("layoutHall", () => {
  it.each(EXAMPLES)("gives every seat of %s a place of its own, before the stage", (name) => {
    const sections = sectionsOf(name);
    const hall = layoutHall(sections);
    expect(hall.blocks.map((block) => block.name)).toEqual(sections.map((section) => section.name));
    expect(hall.seats).toBe(sections.reduce((sum, { rows, seatsPerRow }) => sum + rows * seatsPerRow, 0));
    expect(crowded(hall)).toEqual([]);
    for (const block of hall.blocks) {
      expect(block.middle.y).toBeGreaterThan(0);
      expect(block.bounds.left).toBeGreaterThanOrEqual(hall.bounds.left);
      expect(block.bounds.bottom).toBeLessThanOrEqual(hall.bounds.bottom);
    }
  });

  it.each(EXAMPLES)("finds every seat of %s again at its own place", (name) => {
    const hall = layoutHall(sectionsOf(name));
    for (const block of hall.blocks) {
      for (let inside = 0; inside < block.rows * block.seatsPerRow; inside += 7) {
        expect(hit(hall, centreOf(block, inside))?.seat).toBe(block.firstSeat + inside);
      }
    }
    expect(hit(hall, { x: hall.bounds.left - 5, y: 0 })).toBeNull();
  });

  it("puts the floor before the stage and the tiers round it, level by level outwards", () => {
    const hall = layoutHall(sectionsOf("worldcup-stadium-2027"));
    const reach = (level: number) =>
      Math.max(...hall.blocks.filter((b) => levelOf(b.name) === level).map((b) => b.bounds.right));
    expect(reach(0)).toBeLessThan(reach(1));
    expect(reach(1)).toBeLessThan(reach(2));
    const first = hall.blocks.find((b) => b.name === "그라운드 1");
    const last = hall.blocks.find((b) => b.name === "그라운드 32");
    expect(first?.middle.y).toBeLessThan(last?.middle.y ?? 0);
  });

  it("fits a club's one long row of 50 onto a phone without renumbering it", () => {
    const hall = layoutHall(sectionsOf("hongdae-night-2027"));
    expect(hall.bounds.right - hall.bounds.left).toBeLessThan(20);
    expect(seatAt(hall, 49)).toMatchObject({ row: 1, number: 50 });
  });

  it("is the same hall for the same sections", () => {
    const sections = sectionsOf("kspo-encore-2027");
    expect(layoutHall(sections)).toEqual(layoutHall(sections));
  });

  it("follows the organiser's own drawing where there is one", () => {
    const hall = layoutHall(
      [
        { name: "Left", tier: "R", rows: 4, seatsPerRow: 10, map: { x: 0, y: 100, width: 200, height: 80 } },
        {
          name: "Side",
          tier: "R",
          rows: 2,
          seatsPerRow: 5,
          map: { x: 250, y: 100, width: 100, height: 40, rotation: -90 },
        },
      ],
      { width: 400, height: 300, stage: { x: 100, y: 0, width: 200, height: 50 } },
    );
    // 20 drawn units lie between two seats.
    expect(hall.stage).toEqual({ left: 5, top: 0, right: 15, bottom: 2.5 });
    const [left, side] = hall.blocks;
    expect(place(left!, 0, 0)).toEqual({ x: 0.5, y: 5.5 });
    expect(side!.middle.x).toBeCloseTo(15);
    expect(side!.middle.y).toBeCloseTo(6);
    // Turned to the left: its rows run down the drawing, the first of them nearest to the middle of the hall.
    expect(place(side!, 0, 0).x).toBeLessThan(place(side!, 0, 1).x);
    expect(hit(hall, place(side!, 4, 1))?.seat).toBe(49);
  });

  it("copes with any hall", () => {
    const name = fc.oneof(
      fc.integer({ min: 1, max: 4 }).chain((level) => fc.string({ maxLength: 3 }).map((rest) => `${level}층 ${rest}`)),
      fc.integer({ min: 1, max: 40 }).map((number) => `F${number}`),
      fc.string({ minLength: 1, maxLength: 6 }),
    );
    const section = fc.record({
      name,
      tier: fc.constantFrom("R", "S"),
      rows: fc.integer({ min: 1, max: 12 }),
      seatsPerRow: fc.integer({ min: 1, max: 30 }),
    });
    const halls = fc.uniqueArray(section, { minLength: 1, maxLength: 40, selector: (one) => one.name });
    fc.assert(
      fc.property(halls, (sections) => {
        const hall = layoutHall(sections);
        expect(hall.blocks).toHaveLength(sections.length);
        expect(crowded(hall)).toEqual([]);
        for (let index = 0; index < hall.seats; index += 13) {
          const seat = seatAt(hall, index);
          expect(seat && seatIndex(seat.block, seat.row, seat.number)).toBe(index);
        }
      }),
      { numRuns: 150 },
    );
  });
});

describe("section names", () => {
  it.each([
    ["그라운드 12", 0],
    ["F7", 0],
    ["Floor A", 0],
    ["1층 A", 1],
    ["2층 21구역", 2],
    ["204", 2],
    ["A", null],
    ["R석", null],
  ])("reads the level of %s", (name, level) => {
    expect(levelOf(name)).toBe(level);
  });

  it("shortens what the ring already says", () => {
    expect(["그라운드 12", "2층 21구역", "1층 A", "3층", "F7"].map(shortName)).toEqual(["12", "21", "A", "3층", "F7"]);
  });
});
