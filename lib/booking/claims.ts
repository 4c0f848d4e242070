import { oncePerProcess } from "@/lib/core/registry";

/** As long as a seat that was just tried is passed over here; by then the hall in memory knows what became of it. */
const CLAIM_MS = 2000;

type Ends = Map<string, number>;

export type Claims = {
  isClaimed(seatId: string): boolean;
  claim(seatIds: readonly string[]): void;
  drop(seatIds: readonly string[]): void;
};

// Of each performance: seats that this process is trying to hold or has just tried, with the monotonic time of their end.
const byPerformance = () => oncePerProcess("booking.claims", () => new Map<string, Ends>());

/**
 * Which seats of a performance this process is busy with, so that a crowd that asks for the best seats at one moment is
 * not sent to the same ones. A courtesy: the hold decides.
 */
export function claimsOf(performanceId: string): Claims {
  const all = byPerformance();
  const now = performance.now();
  const claims: Ends = all.get(performanceId) ?? new Map();
  // In order of their making, so the oldest come first.
  for (const [seatId, until] of claims) {
    if (until > now) break;
    claims.delete(seatId);
  }
  return {
    isClaimed: (seatId) => (claims.get(seatId) ?? 0) > performance.now(),
    claim(seatIds) {
      for (const seatId of seatIds) {
        claims.delete(seatId);
        claims.set(seatId, performance.now() + CLAIM_MS);
      }
      all.set(performanceId, claims);
    },
    drop(seatIds) {
      for (const seatId of seatIds) claims.delete(seatId);
      if (claims.size === 0) all.delete(performanceId);
    },
  };
}
