import type { Db } from "@/db/client";
import { lookAtHall } from "@/lib/catalog/seat-availability";
import type { SeatBlock } from "@/lib/catalog/seat-layout";
import { AppError, notFound } from "@/lib/core/errors";
import { isId } from "@/lib/core/ids";
import type { PresentedToken } from "@/lib/queue/admission";
import { type Claims, claimsOf } from "./claims";
import { nothingAvailable } from "./errors";
import { explainHold } from "./explain-hold";
import { holdSeats, isSeatTaken } from "./hold-seats";
import { type PickWish, pickSeats } from "./pick-seats";
import type { BestAvailable, Reservation } from "./schema";

/** How old the hall in memory may be when seats are picked from it. */
const FRESH_MS = 300;

/** Groups that others may take from under a fan before the fan is told to try again. */
const TRIES = 40;

/** Of the groups that the concert's rule against seats left alone refuses, so many are tried. */
const RULED_OUT = 3;

/** After a lost race, one of this many of the best, so that several processes do not go on meeting at the same seats. */
const SPREAD = 8;

/** The hall in memory to pick from, for whoever will hold in a transaction and should not read it there. */
export const lookForBest = (db: Db, question: { concertId: string; performanceId: string }): Promise<SeatBlock[]> =>
  lookAtHall(db, question, FRESH_MS);

/**
 * Picks and holds the best seats that are free, neighbours first and nobody alone (`pickSeats`). The picture in memory
 * proposes and the hold decides; groups that others took are passed over. Throws as `holdSeats` does, and
 * `seat_unavailable` without seats when there is no such group left.
 */
export async function holdBestAvailable(
  db: Db,
  wanted: { admission: PresentedToken; performanceId: string; hall?: SeatBlock[] | undefined } & BestAvailable,
): Promise<Reservation> {
  const { admission, performanceId, count } = wanted;
  const { concertId } = admission;
  if (!isId(performanceId)) throw notFound("performance");
  const hall = wanted.hall ?? (await lookForBest(db, { concertId, performanceId }));
  const held = (await holdFrom(db, hall, wanted, claimsOf(performanceId))) ?? (await holdAfterAnotherLook(db, wanted));
  if (held) return held;
  // No such group has a reason of its own (past performance, over the limit) more often than a full house.
  await explainHold(db, { admission, performanceId, seatIds: [], count });
  throw nothingAvailable();
}

type Wanted = { admission: PresentedToken; performanceId: string } & BestAvailable;

/** The picture in memory may be older than the last seats that came back; and what others only tried, they may not get. */
async function holdAfterAnotherLook(db: Db, wanted: Wanted): Promise<Reservation | null> {
  const { admission, performanceId } = wanted;
  const hall = await lookAtHall(db, { concertId: admission.concertId, performanceId }, 0);
  return await holdFrom(db, hall, wanted, NO_CLAIMS);
}

const NO_CLAIMS: Claims = { isClaimed: () => false, claim() {}, drop() {} };

async function holdFrom(db: Db, hall: SeatBlock[], wanted: Wanted, claims: Claims): Promise<Reservation | null> {
  const { admission, performanceId } = wanted;
  const lost = new Set<string>();
  let ruledOut = 0;
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const isFree = (id: string) => !lost.has(id) && !claims.isClaimed(id);
    const seatIds = pickOne(hall, wanted, isFree, attempt === 0 ? 0 : Math.floor(Math.random() * SPREAD));
    if (!seatIds) return null;
    claims.claim(seatIds);
    try {
      return await holdSeats(db, { admission, performanceId, seatIds });
    } catch (error) {
      if (isSeatTaken(error)) {
        const taken = (error as AppError).extra.seatIds as string[];
        for (const id of taken) lost.add(id);
        claims.drop(seatIds.filter((id) => !lost.has(id)));
        continue;
      }
      claims.drop(seatIds);
      const isRuledOut = error instanceof AppError && error.code === "seat_left_alone";
      if (!isRuledOut || ++ruledOut === RULED_OUT) throw error;
      lost.add(seatIds[0] as string);
    }
  }
  return null;
}

/** The ids of the best group, or of one `skip` places after it (of the last, if there are fewer). */
function pickOne(
  hall: SeatBlock[],
  wish: PickWish,
  isFree: (seatId: string) => boolean,
  skip: number,
): string[] | null {
  const idOf = (block: number, index: number) => (hall[block] as SeatBlock).idOf(index);
  const free = (block: number, index: number) =>
    (hall[block] as SeatBlock).isAvailable(index) && isFree(idOf(block, index));
  let found: string[] | null = null;
  for (const group of pickSeats(hall, wish, free)) {
    found = group.map(({ block, index }) => idOf(block, index));
    if (skip-- <= 0) break;
  }
  return found;
}
