/** Numbers in [0, 1) that are the same for the same seed on every machine (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A waiting time without memory, by its median. */
export const exponential = (median: number, random: () => number): number =>
  (-Math.log(1 - random()) / Math.LN2) * median;

/** A time that some need far longer for than most (log-normal), by its median. */
export function lognormal(median: number, random: () => number, sigma = 0.6): number {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return median * Math.exp(sigma * normal);
}
