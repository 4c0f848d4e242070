import { type Db, statement } from "@/db/client";
import { isId } from "@/lib/core/ids";

/**
 * The right to pay seats that were offered from the waitlist: the offer itself, in the place of an admission. A hint for
 * the payment, whose own statement asks for it again.
 */
export type OfferPass = {
  readonly concertId: string;
  readonly userId: string;
  /** The waitlist's entry. */
  readonly entryId: string;
  /** As of a queue token, of which it takes the place: none. */
  readonly generation: number;
  readonly isOffer: true;
};

const readOffer = statement<{ entry_id: string }>(
  "booking_read_offer",
  "select entry_id from reservations where concert_id = $1 and id = $2 and user_id = $3 and offered",
);

/** The fan's pass if the reservation was offered to this fan, however it stands now; else null. */
export async function findOfferPass(
  db: Db,
  { concertId, reservationId, userId }: { concertId: string; reservationId: string; userId: string },
): Promise<OfferPass | null> {
  if (!isId(concertId) || !isId(reservationId)) return null;
  const [row] = await readOffer(db, [concertId, reservationId, userId]);
  return row ? { concertId, userId, entryId: row.entry_id, generation: 0, isOffer: true } : null;
}
