import { statement, type Tx } from "@/db/client";
import { ADMITTED_NOW, type PresentedToken } from "@/lib/queue/admission";
import { RESERVATION_COLUMNS, type ReservationRow, reservationOf } from "./reservation";
import type { SettledReservation } from "./settle-reservation";

/** A reservation that is to be settled, and the most that its fan can pay. */
export type WantedSettlement = { admission: PresentedToken; reservationId: string; balance: number };

type Settled = ReservationRow & { sold: number; fan_paid: number; seat_limit: number };

/**
 * As `booking_settle`, for the reservations of many fans at once. Whoever is known to be unable to pay is left out
 * beforehand; the wallet's own statement decides. The seats are reached by an array, never by a join (`HOLD_TOGETHER`).
 */
const settle = statement<Settled>(
  "booking_settle_together",
  `with asked as (
     select * from unnest((select $2::uuid[]), (select $3::uuid[]), (select $4::uuid[]), (select $5::int[]), (select $6::int8[]))
       as a (id, user_id, entry_id, generation, balance)),
   paid as (
     update reservations r set status = 'paid', paid_at = now()
     from asked a
     where r.concert_id = $1 and r.id = any((select $2::uuid[])::uuid[]) and r.id = a.id and r.user_id = a.user_id
       and r.status = 'held' and r.expires_at > now() and r.amount <= a.balance
       and (select true from queue_entries e
            where e.concert_id = $1 and e.id = a.entry_id and e.user_id = a.user_id and e.token_generation = a.generation
              and ${ADMITTED_NOW})
     returning ${RESERVATION_COLUMNS.replace(/^id, concert_id, user_id/, "r.id, r.concert_id, r.user_id")}, seat_count),
   places as (
     select paid.id as reservation_id, (seat ->> 'id')::uuid as id from paid, jsonb_array_elements(paid.seats) seat),
   sold as (
     update seats s set sold_at = now(), held_until = null
     where s.concert_id = $1 and s.id = any(array(select id from places))
       and s.reservation_id = (select reservation_id from places where places.id = s.id) and s.sold_at is null
     returning s.reservation_id)
   select paid.*, (select count(*) from sold where sold.reservation_id = paid.id) as sold,
          paid.seat_count + (select coalesce(sum(seat_count), 0)::int from reservations
                             where concert_id = $1 and user_id = paid.user_id and status = 'paid' and id <> paid.id) as fan_paid,
          (select max_seats_per_fan from concerts where id = $1) as seat_limit
   from paid`,
);

/**
 * The booking side of many fans' payments in one statement, inside their transaction. Null, in order, is for whoever has
 * to be looked at alone (`settleReservation`), which then says why. Throws if a seat turned out not to be the
 * reservation's own, so that the transaction takes all marks back. No fan may be named twice.
 */
export async function settleTogether(
  tx: Tx,
  concertId: string,
  wanted: readonly WantedSettlement[],
): Promise<(SettledReservation | null)[]> {
  const rows = await settle(tx, [
    concertId,
    wanted.map(({ reservationId }) => reservationId),
    wanted.map(({ admission }) => admission.userId),
    wanted.map(({ admission }) => admission.entryId),
    wanted.map(({ admission }) => admission.generation),
    wanted.map(({ balance }) => balance),
  ]);
  const settled = new Map(rows.map((row) => [row.id, row]));
  return wanted.map(({ admission, reservationId }) => {
    const row = settled.get(reservationId.toLowerCase());
    // Somebody else may have named the same one.
    if (row?.user_id !== admission.userId) return null;
    if (row.sold !== row.seats.length) throw new Error(`A seat of the reservation ${row.id} is not its own.`);
    return {
      reservation: reservationOf(row),
      paidAt: row.paid_at as Date,
      isLimitReached: row.fan_paid >= row.seat_limit,
    };
  });
}
