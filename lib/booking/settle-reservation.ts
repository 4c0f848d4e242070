import { type Db, statement } from "@/db/client";
import { notFound } from "@/lib/core/errors";
import { ADMITTED_NOW, explainRefusal, type PresentedToken } from "@/lib/queue/admission";
import { reservationAlreadyPaid, reservationCancelled, reservationExpired } from "./errors";
import type { OfferPass } from "./offer-pass";
import { RESERVATION_COLUMNS, type ReservationRow, reservationOf } from "./reservation";
import type { Reservation } from "./schema";

type Settled = ReservationRow & { sold: number; fan_paid: number; seat_limit: number };

/** A reservation that has just been marked paid; `isLimitReached`: its fan has now bought all that one may. */
export type SettledReservation = { reservation: Reservation; paidAt: Date; isLimitReached: boolean };

/**
 * Marks a held reservation paid and its seats sold, if the hold is still good by the database's clock and the
 * admission too; an offer from the waitlist needs none. Seats are matched by the reservation that has them: a hold that lapsed and was taken over in the
 * meantime sells nothing.
 */
const settle = statement<Settled>(
  "booking_settle",
  `with paid as (
     update reservations set status = 'paid', paid_at = now()
     where concert_id = $1 and id = $2 and user_id = $3 and status = 'held' and expires_at > now()
       and (offered or exists (
         select 1 from queue_entries e
         where e.concert_id = $1 and e.id = $4 and e.user_id = $3 and e.token_generation = $5 and ${ADMITTED_NOW}))
     returning ${RESERVATION_COLUMNS}, seat_count),
   sold as (
     update seats s set sold_at = now(), held_until = null
     from paid where s.concert_id = $1 and s.reservation_id = $2 and s.sold_at is null
       and s.id in (select (seat ->> 'id')::uuid from jsonb_array_elements(paid.seats) seat)
     returning s.id)
   select paid.*, (select count(*) from sold) as sold,
          paid.seat_count + (select coalesce(sum(seat_count), 0)::int from reservations
                             where concert_id = $1 and user_id = $3 and status = 'paid' and id <> $2) as fan_paid,
          (select max_seats_per_fan from concerts where id = $1) as seat_limit
   from paid`,
);

const readOwn = statement<ReservationRow>(
  "booking_read_own",
  `select ${RESERVATION_COLUMNS} from reservations where concert_id = $1 and id = $2 and user_id = $3`,
);

/**
 * The booking side of a payment, inside its transaction. Throws `reservation_expired`, `reservation_already_paid`, `reservation_cancelled`, `not_found`, and what
 * the gate throws.
 */
export async function settleReservation(
  tx: Db,
  { admission, reservationId }: { admission: PresentedToken | OfferPass; reservationId: string },
): Promise<SettledReservation> {
  const { concertId, entryId, userId, generation } = admission;
  const [row] = await settle(tx, [concertId, reservationId, userId, entryId, generation]);
  if (!row) throw await whyUnsettled(tx, admission, reservationId);
  // Thrown, so that the transaction takes the mark back too.
  if (row.sold !== row.seats.length) throw reservationExpired();
  return {
    reservation: reservationOf(row),
    paidAt: row.paid_at as Date,
    isLimitReached: row.fan_paid >= row.seat_limit,
  };
}

async function whyUnsettled(tx: Db, admission: PresentedToken | OfferPass, reservationId: string): Promise<Error> {
  const [row] = await readOwn(tx, [admission.concertId, reservationId, admission.userId]);
  if (!row) {
    if (!("isOffer" in admission)) await explainRefusal(tx, admission);
    return notFound("reservation");
  }
  if (row.status === "paid" || row.status === "refunded") return reservationAlreadyPaid();
  if (row.status === "cancelled") return reservationCancelled();
  if (row.status === "expired") return reservationExpired();
  if (!("isOffer" in admission)) await explainRefusal(tx, admission);
  return reservationExpired();
}
