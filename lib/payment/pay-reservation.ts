import { type Db, inTransaction } from "@/db/client";
import { sentTogether } from "@/db/sent-together";
import type { OfferPass } from "@/lib/booking/offer-pass";
import { settleReservation } from "@/lib/booking/settle-reservation";
import { notFound } from "@/lib/core/errors";
import { isId, newId } from "@/lib/core/ids";
import type { PresentedToken } from "@/lib/queue/admission";
import { completeAdmissions } from "@/lib/queue/complete-admission";
import { issueTickets } from "@/lib/tickets/issue-tickets";
import { payFromWallet } from "@/lib/wallet/pay-from-wallet";
import { insertPayments } from "./insert-payments";
import { paymentOf } from "./pay-together";
import type { Payment } from "./schema";

/**
 * Pays a held reservation from its fan's wallet: marks it paid and its seats sold, debits, issues the tickets and,
 * when the fan has bought all that one may, ends the admission. One transaction: all of it or nothing.
 * Throws `reservation_expired`, `reservation_already_paid`, `reservation_cancelled`,
 * `insufficient_balance` (the hold stays), `not_found`, and what the gate throws.
 */
export async function payReservation(
  db: Db,
  { admission, reservationId }: { admission: PresentedToken | OfferPass; reservationId: string },
): Promise<Payment> {
  if (!isId(reservationId)) throw notFound("reservation");
  const { concertId, userId } = admission;
  return await inTransaction(db, async (tx) => {
    const { reservation, paidAt, isLimitReached } = await settleReservation(tx, { admission, reservationId });
    const { performanceId, seats, amount, currency } = reservation;
    const paid = { id: newId(), userId, reservation, paidAt };
    // Sent together and done in this order.
    const [{ balance }, [tickets = []]] = await sentTogether([
      payFromWallet(tx, { userId, amount, currency, concertId, reservationId, at: paidAt }),
      issueTickets(tx, concertId, [{ reservationId, performanceId, userId, seats, at: paidAt }]),
      insertPayments(tx, concertId, [paid]),
      isLimitReached && !("isOffer" in admission) ? completeAdmissions(tx, concertId, [admission]) : null,
    ]);
    return paymentOf(paid, balance, tickets);
  });
}
