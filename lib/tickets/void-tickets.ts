import { type Db, statement } from "@/db/client";
import { AppError } from "@/lib/core/errors";

const markVoid = statement<{ checked_in_at: Date | null }>(
  "tickets_void",
  `update tickets set status = 'void'
   where concert_id = $1 and reservation_id = $2 and status <> 'void'
   returning checked_in_at`,
);

/**
 * Takes the right of entry from a reservation's tickets, inside the cancellation's transaction, and says from how many.
 * Throws `not_cancellable` if one of them was used at the door, even a moment ago; the transaction must not go on.
 */
export async function voidTickets(
  tx: Db,
  { concertId, reservationId }: { concertId: string; reservationId: string },
): Promise<number> {
  const rows = await markVoid(tx, [concertId, reservationId]);
  if (rows.some((row) => row.checked_in_at)) throw new AppError("not_cancellable", "A ticket was used at the door.");
  return rows.length;
}
