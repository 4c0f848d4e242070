import { statement, type Tx } from "@/db/client";
import { isId, newId } from "@/lib/core/ids";
import { ADMITTED_NOW, claimedUntil, type PresentedToken } from "@/lib/queue/admission";
import { RESERVATION_COLUMNS, type ReservationRow, reservationOf } from "./reservation";
import type { Reservation } from "./schema";

/** A hold that somebody asks for, by its seats. */
export type WantedHold = { admission: PresentedToken; performanceId: string; seatIds: string[] };

/**
 * `HOLD_SEATS` for many fans at once, each of them once and no seat twice: the same conditions, and whoever does not
 * meet them is left out. All seats are locked in the order of their ids, as a single hold does, and then the turns.
 *
 * Tables that grow are reached by arrays of ids and by sub-selects for one row, never by a join: a plan that was made
 * while they were small would read them whole.
 */
export const HOLD_TOGETHER = `
with asked as (
  select * from unnest((select $2::uuid[]), (select $3::uuid[]), (select $4::uuid[]), (select $5::uuid[]), (select $6::int[]), (select $7::int[]))
    as a (entry_id, user_id, performance_id, reservation_id, generation, wanted)),
sale as (
  select a.*, c.max_seats_per_fan as seat_limit, c.currency, now() + make_interval(secs => c.hold_seconds) as ends,
         now() + make_interval(secs => c.hold_seconds + p.keep_seconds) as kept_until, q.session_seconds
  from asked a join performances p on p.concert_id = $1 and p.id = a.performance_id, concerts c, queues q
  where c.id = $1 and q.concert_id = $1 and p.starts_at > now()
    and c.sale_opens_at <= now() and (c.sale_closes_at is null or c.sale_closes_at > now())
    and not c.orphan_seat_rule),
locked as (
  select s.id, s.performance_id, s.section_id, s.row, s.number, s.price from seats s
  where s.concert_id = $1 and s.id = any((select $9::uuid[])::uuid[])
    and s.sold_at is null and (s.held_until is null or s.held_until <= now())
  order by s.id for update),
free as (
  select l.*, ($8::uuid[])[array_position($9::uuid[], l.id)] as reservation_id from locked l),
whole as (
  select sale.* from sale
  where sale.wanted = (select count(*) from free f
                       where f.reservation_id = sale.reservation_id and f.performance_id = sale.performance_id)
    and sale.wanted + (select coalesce(sum(seat_count), 0) from reservations
                       where concert_id = $1 and user_id = sale.user_id
                         and (status = 'paid' or (status = 'held' and expires_at > now()))) <= sale.seat_limit),
gate as (
  update queue_entries e
  set holds = e.holds + 1, claimed_at = coalesce(e.claimed_at, now()),
      admitted_until = greatest(e.admitted_until, whole.ends, ${claimedUntil("whole.session_seconds")})
  from whole
  where e.concert_id = $1 and e.id = any((select $2::uuid[])::uuid[]) and e.id = whole.entry_id
    and e.user_id = whole.user_id and e.token_generation = whole.generation and ${ADMITTED_NOW}
    and e.holds = (select holds from queue_entries where concert_id = $1 and id = whole.entry_id)
  returning whole.*),
taken as (
  update seats s set reservation_id = f.reservation_id, held_until = gate.kept_until, sold_at = null
  from free f join gate on gate.reservation_id = f.reservation_id
  where s.concert_id = $1 and s.id = any((select $9::uuid[])::uuid[]) and s.id = f.id)
insert into reservations (concert_id, id, user_id, performance_id, entry_id, status, seats, seat_count, amount, currency, created_at, expires_at)
select $1, gate.reservation_id, gate.user_id, gate.performance_id, gate.entry_id, 'held',
       jsonb_agg(jsonb_build_object('id', f.id, 'section', sec.name, 'row', f.row, 'number', f.number, 'tier', t.name, 'price', f.price)
                 order by sec.ordinal, f.row, f.number),
       count(*), sum(f.price), gate.currency, now(), gate.ends
from gate join free f on f.reservation_id = gate.reservation_id
  join sections sec on sec.concert_id = $1 and sec.id = f.section_id
  join price_tiers t on t.concert_id = $1 and t.id = sec.tier_id
group by gate.reservation_id, gate.user_id, gate.performance_id, gate.entry_id, gate.currency, gate.ends
returning ${RESERVATION_COLUMNS}`;

const hold = statement<ReservationRow>("booking_hold_together", HOLD_TOGETHER);

/** Whether a wish can be held together with others; what is nonsense, or needs a look at its row first, cannot. */
export const fitsTogether = ({ performanceId, seatIds }: WantedHold): boolean =>
  seatIds.length > 0 && isId(performanceId) && seatIds.every(isId) && new Set(seatIds).size === seatIds.length;

/**
 * Holds the seats of many fans of one concert in one statement, inside a transaction: what each of them got, in order.
 * Null is for whoever has to be looked at alone (`holdSeats`), which then says why. No fan and no seat may be named twice.
 */
export async function holdSeatsTogether(
  tx: Tx,
  concertId: string,
  wanted: readonly WantedHold[],
): Promise<(Reservation | null)[]> {
  const ids = wanted.map(newId);
  // Turns are locked in the order in which they are asked for.
  const asked = wanted
    .map((one, at) => ({ ...one, id: ids[at] }))
    .sort((a, b) => (a.admission.entryId < b.admission.entryId ? -1 : 1));
  const rows = await hold(tx, [
    concertId,
    asked.map(({ admission }) => admission.entryId),
    asked.map(({ admission }) => admission.userId),
    asked.map(({ performanceId }) => performanceId),
    asked.map(({ id }) => id),
    asked.map(({ admission }) => admission.generation),
    asked.map(({ seatIds }) => seatIds.length),
    asked.flatMap(({ id, seatIds }) => seatIds.map(() => id)),
    asked.flatMap(({ seatIds }) => seatIds),
  ]);
  const held = new Map(rows.map((row) => [row.id, reservationOf(row)]));
  return ids.map((id) => held.get(id) ?? null);
}
