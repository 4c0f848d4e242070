import { type Db, statement } from "@/db/client";
import { AppError } from "@/lib/core/errors";

const markVoid = statement<{ checked_in_at: Date | null; user_id: string }>(
  "tickets_void",
  `update tickets set status = 'void'
   where concert_id = $1 and reservation_id = $2 and status <> 'void' and ($3::uuid[] is null or id = any ($3::uuid[]))
   returning checked_in_at, user_id`,
);

/**
 * Takes the right of entry from a reservation's tickets (only from `ticketIds`, if given) inside the refund's
 * transaction, and says from how many. Throws `not_cancellable` if one of them was used at the door or now belongs to
 * somebody other than `userId`, who gets the money back, even since a moment ago; the transaction must not go on.
 */
export async function voidTickets(
  tx: Db,
  {
    concertId,
    reservationId,
    userId,
    ticketIds,
  }: { concertId: string; reservationId: string; userId: string; ticketIds?: readonly string[] },
): Promise<number> {
  const rows = await markVoid(tx, [concertId, reservationId, ticketIds ?? null]);
  if (rows.some((row) => row.checked_in_at)) throw new AppError("not_cancellable", "A ticket was used at the door.");
  if (rows.some((row) => row.user_id !== userId)) {
    throw new AppError("not_cancellable", "A ticket of this reservation belongs to another fan.");
  }
  return rows.length;
}
