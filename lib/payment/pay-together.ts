import type { Tx } from "@/db/client";
import { sentTogether } from "@/db/sent-together";
import { settleTogether } from "@/lib/booking/settle-together";
import { newId } from "@/lib/core/ids";
import type { PresentedToken } from "@/lib/queue/admission";
import { completeAdmissions } from "@/lib/queue/complete-admission";
import { issueTickets, type ToIssue } from "@/lib/tickets/issue-tickets";
import { balancesOf, payFromWallets } from "@/lib/wallet/pay-together";
import { insertPayments, type PaidReservation } from "./insert-payments";
import type { Payment } from "./schema";

/** A payment that a fan in the sale asks for. */
export type WantedPayment = { admission: PresentedToken; reservationId: string };

/**
 * Pays the held reservations of many fans of one concert, inside a transaction: in order, what `payReservation` would
 * answer. Null is for whoever has to be looked at alone, which then says why. Throws if anything is not as it seemed;
 * then nothing of it may be committed. No fan may be named twice.
 */
export async function payTogether(
  tx: Tx,
  concertId: string,
  wanted: readonly WantedPayment[],
): Promise<(Payment | null)[]> {
  const had = await balancesOf(
    tx,
    wanted.map(({ admission }) => admission.userId),
  );
  const settled = await settleTogether(
    tx,
    concertId,
    wanted.map((one) => ({ ...one, balance: had.get(one.admission.userId) ?? 0 })),
  );
  const done = wanted.flatMap(({ admission }, at) => {
    const one = settled[at];
    return one ? [{ ...one, at, id: newId(), userId: admission.userId, admission }] : [];
  });
  const payments: (Payment | null)[] = wanted.map(() => null);
  if (done.length === 0) return payments;
  const transfers = done
    .filter(({ reservation }) => reservation.amount > 0)
    .map(({ userId, reservation: { amount, currency, id }, paidAt }) => ({
      ...{ userId, amount, currency, concertId, reservationId: id, at: paidAt },
    }));
  const toIssue = done.map(({ userId, reservation: { id, performanceId, seats }, paidAt }): ToIssue => {
    return { reservationId: id, performanceId, userId, seats, at: paidAt };
  });
  const finished = done.filter(({ isLimitReached }) => isLimitReached).map(({ admission }) => admission);
  // Sent together and done in this order.
  const [balances, tickets] = await sentTogether([
    payFromWallets(tx, transfers),
    issueTickets(tx, concertId, toIssue),
    insertPayments(tx, concertId, done),
    completeAdmissions(tx, concertId, finished),
  ]);
  for (const [place, one] of done.entries()) {
    const balance = balances.get(one.userId) ?? had.get(one.userId) ?? 0;
    payments[one.at] = paymentOf(one, balance, tickets[place] ?? []);
  }
  return payments;
}

/** A payment as it is answered. */
export const paymentOf = (
  { id, reservation, paidAt }: PaidReservation,
  balance: number,
  tickets: Payment["tickets"],
): Payment => ({
  id,
  reservationId: reservation.id,
  amount: reservation.amount,
  currency: reservation.currency,
  balance,
  paidAt: paidAt.toISOString(),
  tickets,
});
