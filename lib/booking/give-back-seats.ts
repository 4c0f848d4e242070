import { type Db, statement } from "@/db/client";
import type { ReservedSeat } from "@/db/schema/booking";
import { notFound } from "@/lib/core/errors";
import { notCancellable } from "./errors";
import { FREED } from "./free-seats";

/** A paid reservation that this transaction has locked. */
export type PaidReservation = {
  concertId: string;
  id: string;
  userId: string;
  seats: ReservedSeat[];
  currency: string;
  /** Whether the concert's `refundUntilHours` still allows its fan to give seats back, by the database's clock. */
  isRefundable: boolean;
  /** Now, by the same clock. */
  at: Date;
};

type Locked = {
  user_id: string;
  status: string;
  seats: ReservedSeat[];
  currency: string;
  is_refundable: boolean;
  at: Date;
};

const lock = statement<Locked>(
  "booking_lock_paid",
  `select r.user_id, r.status, r.seats, r.currency, now() as at,
          now() < p.starts_at - make_interval(hours => c.refund_until_hours) as is_refundable
   from reservations r, performances p, concerts c
   where r.concert_id = $1 and r.id = $2 and ($3::uuid is null or r.user_id = $3)
     and p.concert_id = $1 and p.id = r.performance_id and c.id = $1
   for update of r`,
);

/**
 * Locks a paid reservation for a refund: whatever else would give seats of it back waits, and then finds what this one
 * left. `userId` is absent for an organiser. Throws `not_found`, and `not_cancellable` for one that is not paid (any more).
 */
export async function lockPaidReservation(
  tx: Db,
  { concertId, reservationId, userId }: { concertId: string; reservationId: string; userId?: string | undefined },
): Promise<PaidReservation> {
  const [row] = await lock(tx, [concertId, reservationId, userId ?? null]);
  if (!row) throw notFound("reservation");
  if (row.status !== "paid") throw notCancellable();
  const { user_id, is_refundable: isRefundable, seats, currency, at } = row;
  return { concertId, id: reservationId, userId: user_id, seats, currency, isRefundable, at };
}

const free = statement<{ id: string }>(
  "booking_free_sold",
  `update seats s set ${FREED}
   from performances p
   where s.concert_id = $1 and s.reservation_id = $2 and s.id = any((select $3::uuid[])::uuid[]) and s.sold_at is not null
     and p.concert_id = $1 and p.id = s.performance_id
   returning s.id`,
);

const keepRest = statement<never>(
  "booking_keep_rest",
  `update reservations set seats = $3::jsonb, seat_count = jsonb_array_length($3::jsonb), amount = $4,
          refunded_seats = refunded_seats || $5::jsonb
   where concert_id = $1 and id = $2 and status = 'paid'`,
);

const endRefunded = statement<never>(
  "booking_end_refunded",
  "update reservations set status = 'refunded', ended_at = now() where concert_id = $1 and id = $2 and status = 'paid'",
);

export const priceOf = (seats: ReservedSeat[]): number => seats.reduce((sum, seat) => sum + seat.price, 0);

/**
 * Puts seats of a locked reservation back on sale and says whether any are left to the fan. One that keeps others stays
 * paid: what went back moves to `refundedSeats`, and the amount is what the rest cost. The last ones stay in `seats`,
 * and the reservation is refunded.
 */
export async function giveBackSeats(
  tx: Db,
  reservation: PaidReservation,
  seatIds: readonly string[],
): Promise<{ isLast: boolean; seats: ReservedSeat[] }> {
  const { concertId, id } = reservation;
  const back = reservation.seats.filter((seat) => seatIds.includes(seat.id));
  const rest = reservation.seats.filter((seat) => !seatIds.includes(seat.id));
  const freed = await free(tx, [concertId, id, back.map((seat) => seat.id)]);
  if (back.length !== seatIds.length || freed.length !== back.length) {
    throw new Error(`Reservation ${id} does not have the seats that its tickets are for.`);
  }
  if (rest.length === 0) await endRefunded(tx, [concertId, id]);
  else await keepRest(tx, [concertId, id, JSON.stringify(rest), priceOf(rest), JSON.stringify(back)]);
  return { isLast: rest.length === 0, seats: back };
}
