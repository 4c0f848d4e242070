import { runsOf } from "./rules";

/** One section as the picker sees it: seats by row and number, `index` counting both from 0, row by row. */
export type PickBlock = {
  readonly tier: string;
  readonly name: string;
  readonly price: number;
  readonly rows: number;
  readonly seatsPerRow: number;
};

export type PickWish = { count: number; tier?: string | undefined; section?: string | undefined };

/** A chosen seat: which block (by its place in the list) and which seat of it. */
export type Picked = { block: number; index: number };

type IsFree = (block: number, index: number) => boolean;
type Row = { block: number; row: number; free: number[]; seatsPerRow: number };

/** Nobody sits alone, so a group is split into parts of at least this many. */
const LEAST_TOGETHER = 2;

/**
 * Groups of seats for a wish, best first. Neighbours in one row, dearer tiers first, then sections in the hall's order
 * (that of `blocks`), front rows, the middle of a row; first those that leave no seat alone beside them and, where it can be, pairs for others, then the rest.
 * When nowhere so many are side by side: parts of two and more, in one row, in neighbouring rows, in one section, in
 * neighbouring sections of one tier. Never a single seat apart, except for a fan who comes alone.
 */
export function* pickSeats(blocks: readonly PickBlock[], wish: PickWish, isFree: IsFree): Generator<Picked[]> {
  const order = blocks
    .map((block, at) => ({ ...block, at }))
    .filter(({ tier, name }) => (wish.tier ?? tier) === tier && (wish.section ?? name) === name)
    .sort((a, b) => b.price - a.price || a.at - b.at);
  const kept: Row[] = [];
  const wasteful: { row: Row; first: number }[] = [];
  for (const { at, rows, seatsPerRow } of order) {
    for (let row = 0; row < rows; row += 1) {
      const free: number[] = [];
      for (let seat = 0; seat < seatsPerRow; seat += 1) if (isFree(at, row * seatsPerRow + seat)) free.push(seat);
      if (free.length === 0) continue;
      const one = { block: at, row, free, seatsPerRow };
      kept.push(one);
      for (const { first, isWasteful } of windowsOf(one, wish.count)) {
        if (isWasteful) wasteful.push({ row: one, first });
        else yield picked(one, first, wish.count);
      }
    }
  }
  for (const { row, first } of wasteful) yield picked(row, first, wish.count);
  yield* splitGroups(blocks, kept, wish.count);
}

const picked = ({ block, row, seatsPerRow }: Row, first: number, count: number): Picked[] =>
  Array.from({ length: count }, (_, at) => ({ block, index: row * seatsPerRow + first + at }));

/** Where `count` neighbours can sit in a row, nearest to its middle first. */
function windowsOf({ free, seatsPerRow }: Row, count: number): { first: number; isWasteful: boolean }[] {
  if (free.length < count) return [];
  const offCentre = (first: number) => Math.abs(first + (count - 1) / 2 - (seatsPerRow - 1) / 2);
  return runsOf(free)
    .flatMap((run) =>
      Array.from({ length: Math.max(0, run.last - run.first + 2 - count) }, (_, at) => {
        const first = run.first + at;
        const before = first - run.first;
        const after = run.last - (first + count - 1);
        // An odd number of seats ends as pairs and one; two odd numbers are one seat too many.
        const isWasteful = before === 1 || after === 1 || (before % 2 === 1 && after % 2 === 1);
        return { first, isWasteful };
      }),
    )
    .sort((a, b) => offCentre(a.first) - offCentre(b.first));
}

/** How far apart the parts of a group may be, nearest first; of rows in one section or in the ones beside it. */
const NEARNESS: ((a: Row, b: Row) => boolean)[] = [
  (a, b) => a.block === b.block && a.row === b.row,
  (a, b) => a.block === b.block && Math.abs(a.row - b.row) <= 1,
  (a, b) => a.block === b.block && Math.abs(a.row - b.row) <= 3,
  (a, b) => a.block === b.block,
  () => true,
];

function* splitGroups(blocks: readonly PickBlock[], rows: Row[], count: number): Generator<Picked[]> {
  if (count < 2 * LEAST_TOGETHER) return;
  const pairs = rows.filter(({ free }) => runsOf(free).some(({ first, last }) => last > first));
  const byBlock = new Map<number, Row[]>();
  for (const row of pairs) byBlock.set(row.block, [...(byBlock.get(row.block) ?? []), row]);
  for (const isNear of NEARNESS) {
    for (const anchor of pairs) {
      const tier = blocks[anchor.block]?.tier;
      const near = [anchor.block, anchor.block - 1, anchor.block + 1]
        .filter((block) => blocks[block]?.tier === tier)
        .flatMap((block) => byBlock.get(block) ?? [])
        .filter((row) => isNear(anchor, row))
        .sort((a, b) => distance(anchor, a) - distance(anchor, b));
      const group = gather(near, count);
      if (group) yield group;
    }
  }
}

const distance = (a: Row, b: Row): number => Math.abs(a.block - b.block) * 10_000 + Math.abs(a.row - b.row);

/** Takes parts of two and more from the rows, longest runs of each row first, until there are `count`; or null. */
function gather(rows: Row[], count: number): Picked[] | null {
  const group: Picked[] = [];
  let missing = count;
  for (const row of rows) {
    const runs = runsOf(row.free).sort((a, b) => b.last - b.first - (a.last - a.first));
    for (const { first, last } of runs) {
      let part = Math.min(last - first + 1, missing);
      // What remains must not be one seat.
      if (missing - part === 1) part -= 1;
      if (part < LEAST_TOGETHER) continue;
      group.push(...picked(row, first, part));
      missing -= part;
      if (missing === 0) return group;
    }
  }
  return null;
}
