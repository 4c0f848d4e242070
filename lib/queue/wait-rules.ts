/**
 * Upper bounds, in seconds, of the classes that waits are counted in; one more class takes whatever is longer. Steps
 * of a quarter or less, so that a percentile read from the counts is right within that.
 */
export const WAIT_BOUNDS: readonly number[] = [
  1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 18, 22, 27, 33, 40, 50, 60, 75, 90, 110, 135, 165, 200, 240, 300, 360, 450, 540,
  660, 800, 960, 1200, 1440, 1800, 2160, 2700, 3300, 3960, 4800, 5760, 7200, 9000, 10_800, 13_500, 16_200, 20_400,
  25_200, 31_200, 38_400, 48_000, 60_000, 72_000, 86_400,
];

/** Adds one row of counts to another; either may be absent. */
export function addWaits(to: number[], counts: readonly number[] | null): void {
  counts?.forEach((count, at) => {
    to[at] = (to[at] ?? 0) + count;
  });
}

/**
 * The wait, in whole seconds, that `share` (0–1) of those counted did not exceed, spread evenly within its class; null
 * when nobody was counted. The open class answers its lower bound.
 */
export function waitPercentile(counts: readonly number[], share: number): number | null {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  const wanted = share * total;
  let below = 0;
  for (const [at, count] of counts.entries()) {
    if (count > 0 && below + count >= wanted) {
      const from = WAIT_BOUNDS[at - 1] ?? 0;
      const to = WAIT_BOUNDS[at] ?? from;
      return Math.round(from + ((wanted - below) / count) * (to - from));
    }
    below += count;
  }
  return WAIT_BOUNDS.at(-1) as number;
}
