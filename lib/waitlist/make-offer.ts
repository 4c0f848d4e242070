import { type Db, statement } from "@/db/client";
import { newId } from "@/lib/core/ids";
import { tryLockRoom } from "@/lib/queue/lock-room";
import { IS_OFFERABLE } from "./keep-seats";
import { OFFER_SECONDS } from "./rules";

export type Wish = { id: string; user_id: string; seat_count: number; tier: string | null; number: number };

/** In a statement of its own before the offer's: only that one's snapshot shows what was done to the seats until now. */
const lockSeats = statement<{ id: string }>(
  "waitlist_lock_seats",
  `select id from seats where concert_id = $1 and id = any((select $2::uuid[])::uuid[]) order by id for update skip locked`,
);

/** The fan's live place in line, raised as by a hold, so that a hold under way sees the offer and counts again. */
const raiseHolds = statement<{ is_raised: boolean }>(
  "waitlist_raise_holds",
  `with entry as (
     select id from queue_entries
     where concert_id = $1 and user_id = $2 and status in ('lobby', 'waiting', 'admitted') for update skip locked),
   raised as (
     update queue_entries e set holds = e.holds + 1 from entry where e.concert_id = $1 and e.id = entry.id returning e.id)
   select count(*) = (select count(*) from queue_entries
                      where concert_id = $1 and user_id = $2 and status in ('lobby', 'waiting', 'admitted')) as is_raised
   from raised`,
);

const countMine = statement<{ seats: number; seat_limit: number }>(
  "waitlist_count_mine",
  `select (select coalesce(sum(seat_count), 0)::int from reservations
            where concert_id = $1 and user_id = $2 and (status = 'paid' or (status = 'held' and expires_at > now()))) as seats,
          max_seats_per_fan as seat_limit
   from concerts where id = $1`,
);

/**
 * The offer itself: a reservation in the fan's name, made only while the fan is waiting and every seat may be offered.
 */
export const OFFER_SEATS = `
with entry as (
  select e.id, e.user_id from waitlist_entries e where e.concert_id = $1 and e.id = $2 and e.status = 'waiting' for update skip locked),
sale as (
  select c.currency, now() + make_interval(secs => ${OFFER_SECONDS}) as ends,
         now() + make_interval(secs => ${OFFER_SECONDS} + p.keep_seconds) as kept_until
  from concerts c, performances p where c.id = $1 and p.concert_id = $1 and p.id = $3 and p.starts_at > now()),
free as (
  select s.id, s.section_id, s.row, s.number, s.price from seats s
  where s.concert_id = $1 and s.performance_id = $3 and s.id = any((select $4::uuid[])::uuid[]) and ${IS_OFFERABLE}),
made as (
  insert into reservations (concert_id, id, user_id, performance_id, entry_id, status, seats, seat_count, amount, currency, created_at, expires_at, offered)
  select $1, $5, entry.user_id, $3, entry.id, 'held',
         jsonb_agg(jsonb_build_object('id', f.id, 'section', sec.name, 'row', f.row, 'number', f.number, 'tier', t.name, 'price', f.price)
                   order by sec.ordinal, f.row, f.number),
         count(*), sum(f.price), sale.currency, now(), sale.ends, true
  from entry, sale, free f
    join sections sec on sec.concert_id = $1 and sec.id = f.section_id
    join price_tiers t on t.concert_id = $1 and t.id = sec.tier_id
  group by entry.user_id, entry.id, sale.currency, sale.ends
  having count(*) = cardinality($4::uuid[])
  returning id),
taken as (
  update seats s set reservation_id = $5, held_until = sale.kept_until, sold_at = null
  from free, sale, made where s.concert_id = $1 and s.id = free.id)
update waitlist_entries e set status = 'offered', reservation_id = $5, offered_at = now()
from made where e.concert_id = $1 and e.id = $2
returning e.id`;

const offer = statement<{ id: string }>("waitlist_offer", OFFER_SEATS);

/**
 * Offers seats to one who waits. `made` · `not_now`: a seat or the fan is busy this moment · `too_many`: with these the
 * fan would have more than one may. Waits for nobody's lock, so it can stand in nobody's way.
 */
export async function makeOffer(
  tx: Db,
  {
    concertId,
    performanceId,
    wish,
    seatIds,
  }: { concertId: string; performanceId: string; wish: Wish; seatIds: string[] },
): Promise<"made" | "not_now" | "too_many"> {
  const locked = await lockSeats(tx, [concertId, seatIds]);
  if (locked.length < seatIds.length) return "not_now";
  // Nobody enters the line between the look for the fan's place and the commit.
  const [room] = await tryLockRoom(tx, [concertId]);
  const [entry] = room ? await raiseHolds(tx, [concertId, wish.user_id]) : [];
  if (!entry?.is_raised) return "not_now";
  const [mine] = await countMine(tx, [concertId, wish.user_id]);
  if (!mine || mine.seats + seatIds.length > mine.seat_limit) return "too_many";
  const [made] = await offer(tx, [concertId, wish.id, performanceId, seatIds, newId()]);
  return made ? "made" : "not_now";
}
