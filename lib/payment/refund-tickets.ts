import { type Db, statement } from "@/db/client";
import { isUniqueViolation } from "@/db/errors";
import { notCancellable } from "@/lib/booking/errors";
import { giveBackSeats, lockPaidReservation, priceOf } from "@/lib/booking/give-back-seats";
import { notFound } from "@/lib/core/errors";
import { isId, newId } from "@/lib/core/ids";
import { ticketsOfReservation } from "@/lib/tickets/reservation-tickets";
import { voidTickets } from "@/lib/tickets/void-tickets";
import { refundToWallet } from "@/lib/wallet/refund-to-wallet";
import type { Refund } from "./schema";

const insertRefund = statement<never>(
  "payment_insert_refund",
  `insert into refunds (concert_id, id, reservation_id, user_id, seats, amount, currency, made_by, reason, refunded_at)
   values ($1, $2, $3, $4, $5::jsonb, $6, $7, $8, $9, $10)`,
);

const insertTickets = statement<never>(
  "payment_insert_refunded_tickets",
  `insert into refunded_tickets (concert_id, ticket_id, refund_id)
   select $1::uuid, t.id, $2::uuid from unnest($3::uuid[]) as t (id)`,
);

const closePayment = statement<never>(
  "payment_mark_refunded",
  "update payments set refunded_at = $3 where concert_id = $1 and reservation_id = $2 and refunded_at is null",
);

export type RefundRequest = {
  concertId: string;
  reservationId: string;
  /** Whose it has to be; absent for an organiser, who may refund anybody's. */
  userId?: string;
  /** Which tickets; absent: all that are left. */
  ticketIds?: readonly string[];
  /** An organiser who gives it beyond the concert's rule. */
  granted?: { madeBy: string; reason: string };
};

/**
 * Gives tickets of a paid reservation back: they are void, their seats on sale again, their price in the wallet, all in
 * one transaction and each ticket once. A reservation that keeps others stays paid. The fan's own refund keeps to the
 * concert's `refundUntilHours`; nobody's takes a ticket that was used or given to another fan.
 * Throws `not_cancellable`, and `not_found` for an unknown reservation or ticket.
 */
export async function refundTickets(db: Db, request: RefundRequest): Promise<Refund> {
  const { concertId, reservationId, userId, granted } = request;
  const asked = request.ticketIds?.map((id) => id.toLowerCase());
  if (!isId(reservationId)) throw notFound("reservation");
  if (!(asked ?? []).every(isId)) throw notFound("ticket");
  return await db.transaction(async (tx) => {
    const reservation = await lockPaidReservation(tx, { concertId, reservationId, userId });
    if (!reservation.isRefundable && !granted) throw notCancellable();
    const left = await ticketsOfReservation(tx, { concertId, reservationId });
    const chosen = asked ? left.filter((ticket) => asked.includes(ticket.id)) : left;
    if (chosen.length === 0 || (asked && chosen.length !== asked.length)) throw notCancellable();
    const ticketIds = chosen.map((ticket) => ticket.id);
    const whose = { concertId, reservationId, userId: reservation.userId };
    if ((await voidTickets(tx, { ...whose, ticketIds })) !== chosen.length) throw notCancellable();
    const { isLast, seats } = await giveBackSeats(
      tx,
      reservation,
      chosen.map((ticket) => ticket.seatId),
    );
    const [id, amount, { currency, at }] = [newId(), priceOf(seats), reservation];
    const { madeBy = null, reason = null } = granted ?? {};
    await insertRefund(tx, [
      ...[concertId, id, reservationId, reservation.userId, JSON.stringify(seats)],
      ...[amount, currency, madeBy, reason, at],
    ]);
    await insertTickets(tx, [concertId, id, ticketIds]).catch((error) => {
      throw isUniqueViolation(error) ? notCancellable() : error;
    });
    if (isLast) await closePayment(tx, [concertId, reservationId, at]);
    const { balance } = await refundToWallet(tx, { ...whose, amount, currency, refundId: id, at });
    const refunded = { id, reservationId, ticketIds, seats, amount, currency, refundedAt: at.toISOString() };
    return { ...refunded, reservationStatus: isLast ? "refunded" : "paid", balance };
  });
}
