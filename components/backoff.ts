/** The bounds of a growing pause, in ms. */
export type Backoff = { firstMs: number; longestMs: number };

/**
 * The pause before the next try: doubled with each failure, spread over half its length so that many browsers do not
 * come back together, and never shorter than the server asked for (`retryAfter`, seconds).
 */
export function backoffMs(bounds: Backoff, failures: number, retryAfter = 0, random = Math.random): number {
  const grown = Math.min(bounds.longestMs, bounds.firstMs * 2 ** (failures - 1));
  const spread = grown * (0.75 + random() * 0.5);
  return Math.round(Math.max(spread, retryAfter * 1000 * (1 + random() * 0.25)));
}
