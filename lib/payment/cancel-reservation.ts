import { type Db, statement } from "@/db/client";
import { notCancellable } from "@/lib/booking/errors";
import { getReservation } from "@/lib/booking/queries";
import { releaseHold, releasePaid } from "@/lib/booking/release-seats";
import { newId } from "@/lib/core/ids";
import { voidTickets } from "@/lib/tickets/void-tickets";
import { refundToWallet } from "@/lib/wallet/refund-to-wallet";

const markRefunded = statement<{ refunded_at: Date }>(
  "payment_mark_refunded",
  `update payments set refunded_at = now()
   where concert_id = $1 and reservation_id = $2 and refunded_at is null
     and exists (select 1 from reservations r, performances p, concerts c
                 where r.concert_id = $1 and r.id = $2 and p.concert_id = $1 and p.id = r.performance_id and c.id = $1
                   and now() < p.starts_at - make_interval(hours => c.refund_until_hours))
     and not exists (select 1 from tickets t
                     where t.concert_id = $1 and t.reservation_id = $2 and t.status = 'checked_in')
   returning refunded_at`,
);

/**
 * Gives a reservation up: a hold is released at once; a paid one is refunded to the wallet, its tickets void and its
 * seats on sale again, up to the concert's `refundUntilHours` before the performance and while no ticket was used.
 * Throws `not_found`, `not_cancellable`.
 */
export async function cancelReservation(
  db: Db,
  whose: { concertId: string; reservationId: string; userId: string },
): Promise<void> {
  const reservation = await getReservation(db, whose);
  if (reservation.status === "held" && (await releaseHold(db, whose))) return;
  // Paid in the meantime, perhaps.
  await db.transaction(async (tx) => {
    const [refund] = await markRefunded(tx, [whose.concertId, whose.reservationId]);
    const released = refund && (await releasePaid(tx, whose));
    if (!refund || !released) throw notCancellable();
    const { amount, currency } = released;
    await voidTickets(tx, whose);
    await refundToWallet(tx, { ...whose, amount, currency, refundId: newId(), at: refund.refunded_at });
  });
}
