/** Below this share of seats left, seats left alone are nobody's fault any more. */
const NEARLY_SOLD_OUT = 0.05;

/** Whether so few seats of a performance are left that the rule against seats left alone is at rest. */
export const isNearlySoldOut = (seats: { free: number; total: number }): boolean =>
  seats.free < seats.total * NEARLY_SOLD_OUT;

/** Runs of consecutive numbers, each as its first and last. */
export function runsOf(numbers: Iterable<number>): { first: number; last: number }[] {
  const runs: { first: number; last: number }[] = [];
  for (const number of [...numbers].sort((a, b) => a - b)) {
    const run = runs.at(-1);
    if (run && number === run.last + 1) run.last = number;
    else runs.push({ first: number, last: number });
  }
  return runs;
}

/**
 * The seats of one row that would stay free with nobody able to sit beside them, once `wanted` are taken of the `free`
 * ones (numbers on the seats; beyond the row's ends is an aisle). Where all but one seat of a run are wanted, one is left
 * however one chooses, and that is nobody's fault. Runs from which nothing is wanted do not matter.
 */
export function seatsLeftAlone(free: Iterable<number>, wanted: ReadonlySet<number>): number[] {
  const alone: number[] = [];
  for (const { first, last } of runsOf(free)) {
    const run = Array.from({ length: last - first + 1 }, (_, at) => first + at);
    const rest = run.filter((number) => !wanted.has(number));
    if (rest.length === run.length || rest.length === 1) continue;
    for (const left of runsOf(rest)) if (left.first === left.last) alone.push(left.first);
  }
  return alone;
}
