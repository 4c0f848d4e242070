import { type Db, statement } from "@/db/client";
import { notFound } from "@/lib/core/errors";
import { isId } from "@/lib/core/ids";
import { ADMITTED_NOW, explainRefusal, type PresentedToken } from "@/lib/queue/admission";
import { notExtendable, whyOver } from "./errors";
import { getReservation } from "./queries";
import { RESERVATION_COLUMNS, type ReservationRow, reservationOf } from "./reservation";
import type { Reservation } from "./schema";

/**
 * All that decides an extension, in one statement: the hold is still good by the database's clock, the concert allows
 * one more, every seat is still the fan's and the admission is good. `mine` locks the seats: one that a faster hold took
 * over in the moment of expiry drops out, and then nothing is extended.
 */
export const EXTEND_HOLD = `
with asked as (
  select r.seats, r.seat_count, now() + make_interval(secs => c.hold_seconds) as ends,
         now() + make_interval(secs => c.hold_seconds + p.keep_seconds) as kept_until
  from reservations r, concerts c, performances p
  where r.concert_id = $1 and r.id = $2 and r.user_id = $3 and r.status = 'held' and r.expires_at > now() and not r.offered
    and c.id = $1 and r.extensions < c.hold_extensions and p.concert_id = $1 and p.id = r.performance_id
  for update of r),
mine as (
  select s.id from seats s
  where s.concert_id = $1 and s.reservation_id = $2 and s.sold_at is null
    and s.id in (select (seat ->> 'id')::uuid from asked, jsonb_array_elements(asked.seats) seat)
  order by s.id for update),
gate as (
  update queue_entries e set admitted_until = greatest(e.admitted_until, asked.ends)
  from asked
  where e.concert_id = $1 and e.id = $4 and e.user_id = $3 and e.token_generation = $5 and ${ADMITTED_NOW}
    and (select count(*) from mine) = asked.seat_count
  returning asked.ends, asked.kept_until),
kept as (
  update seats s set held_until = gate.kept_until from gate, mine where s.concert_id = $1 and s.id = mine.id)
update reservations r set expires_at = gate.ends, extensions = r.extensions + 1
from gate where r.concert_id = $1 and r.id = $2
returning ${RESERVATION_COLUMNS}`;

const extend = statement<ReservationRow>("booking_extend_hold", EXTEND_HOLD);

/**
 * Gives a held reservation the concert's `holdSeconds` once more, from now, and its fan's admission with it; as often as
 * the concert's `holdExtensions` say. Throws `conflict` when there are no more, `reservation_expired`,
 * `reservation_already_paid`, `reservation_cancelled`, `not_found`, and what the gate throws.
 */
export async function extendHold(
  db: Db,
  { admission, reservationId }: { admission: PresentedToken; reservationId: string },
): Promise<Reservation> {
  if (!isId(reservationId)) throw notFound("reservation");
  const { concertId, entryId, userId, generation } = admission;
  const [row] = await extend(db, [concertId, reservationId, userId, entryId, generation]);
  if (row) return reservationOf(row);
  const { status } = await getReservation(db, { concertId, reservationId, userId });
  if (status !== "held") throw whyOver(status);
  await explainRefusal(db, admission);
  throw notExtendable();
}
