import { type Db, statement } from "@/db/client";
import type { Reservation } from "@/lib/booking/schema";

const insert = statement<never>(
  "payment_insert",
  `insert into payments (concert_id, id, reservation_id, user_id, amount, currency, paid_at)
   select $1::uuid, p.id, p.reservation_id, p.user_id, p.amount, p.currency, p.paid_at
   from unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::int8[], $6::text[], $7::timestamptz[])
     as p (id, reservation_id, user_id, amount, currency, paid_at)`,
);

/** A reservation of one concert that is paid, and the id of its payment. */
export type PaidReservation = { id: string; userId: string; reservation: Reservation; paidAt: Date };

/** Writes the payments of reservations of one concert down, inside their transaction. */
export async function insertPayments(tx: Db, concertId: string, paid: readonly PaidReservation[]): Promise<void> {
  await insert(tx, [
    concertId,
    paid.map(({ id }) => id),
    paid.map(({ reservation }) => reservation.id),
    paid.map(({ userId }) => userId),
    paid.map(({ reservation }) => reservation.amount),
    paid.map(({ reservation }) => reservation.currency),
    paid.map(({ paidAt }) => paidAt),
  ]);
}
