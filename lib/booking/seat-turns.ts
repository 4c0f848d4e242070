import { oncePerProcess } from "@/lib/core/registry";

/** A seat that is being held by somebody of this process: resolves with whether that hold got it. */
const underWay = () => oncePerProcess("booking.seat-turns", () => new Map<string, Promise<boolean>>());

/** The right to try for some seats; whoever has it says how it ended. */
export type SeatTurn = { taken: string[]; end(isHeld: boolean): void };

const NOTHING_TO_END = () => {};

/**
 * Lets one caller of this process at a time try for a seat. Whoever comes while somebody else is trying waits for the
 * outcome, and if the other got the seat, hears so (`taken`) without asking the database: at the moment of that hold,
 * which lies within this call, the seat was taken. Without this a thousand fans who want one seat take every connection
 * of the pool in turns, to be told the same. The database alone decides who gets a seat; other processes race there.
 */
export async function takeSeatTurn(concertId: string, seatIds: readonly string[]): Promise<SeatTurn> {
  const turns = underWay();
  const keys = seatIds.map((id) => `${concertId}/${id.toLowerCase()}`);
  for (;;) {
    const others = keys.map((key) => turns.get(key));
    if (others.every((other) => other === undefined)) break;
    const lost = await Promise.all(others);
    const taken = seatIds.filter((_, at) => lost[at] === true);
    if (taken.length > 0) return { taken, end: NOTHING_TO_END };
  }
  let tell: (isHeld: boolean) => void = NOTHING_TO_END;
  const outcome = new Promise<boolean>((resolve) => {
    tell = resolve;
  });
  for (const key of keys) turns.set(key, outcome);
  return {
    taken: [],
    end(isHeld) {
      for (const key of keys) turns.delete(key);
      tell(isHeld);
    },
  };
}
