import { type Db, statement } from "@/db/client";
import { FREED } from "./free-seats";
import { RESERVATION_COLUMNS, type ReservationRow, reservationOf } from "./reservation";
import type { Reservation } from "./schema";

// Seats that a later hold took over stay with that hold.
const release = statement<ReservationRow>(
  "booking_release",
  `with ended as (
     update reservations set status = 'cancelled', ended_at = now()
     where concert_id = $1 and id = $2 and user_id = $3 and status = 'held' and expires_at > now()
     returning ${RESERVATION_COLUMNS}),
   freed as (
     update seats s set ${FREED}
     from ended, performances p
     where s.concert_id = $1 and s.reservation_id = $2 and p.concert_id = $1 and p.id = ended.performance_id
       and s.id in (select (seat ->> 'id')::uuid from jsonb_array_elements(ended.seats) seat))
   select * from ended`,
);

type Whose = { concertId: string; reservationId: string; userId: string };

/** Gives a held reservation's seats back; null if it is not held (any more). */
export async function releaseHold(db: Db, whose: Whose): Promise<Reservation | null> {
  const [row] = await release(db, [whose.concertId, whose.reservationId, whose.userId]);
  return row ? reservationOf(row) : null;
}

const findHeld = statement<{ id: string }>(
  "booking_find_held",
  `select id from reservations where concert_id = $1 and user_id = $2 and status = 'held' and expires_at > now() and not offered`,
);

/** Gives back whatever a fan holds of a concert, for one who leaves it. What the waitlist offered needs no turn and stays. */
export async function releaseHolds(db: Db, { concertId, userId }: { concertId: string; userId: string }) {
  for (const { id } of await findHeld(db, [concertId, userId])) {
    await releaseHold(db, { concertId, reservationId: id, userId });
  }
}
