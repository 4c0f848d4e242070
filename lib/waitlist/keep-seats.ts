import { type Db, statement } from "@/db/client";

/** Whether a seat `s` is held by a reservation that is good now. */
const IS_HELD = `exists (
  select 1 from reservations r where r.concert_id = s.concert_id and r.id = s.reservation_id
    and r.status = 'held' and r.expires_at > now() and r.seats @> jsonb_build_array(jsonb_build_object('id', s.id)))`;

/** A seat `s` that came back and is kept from general sale for the waitlist's moment. */
export const IS_KEPT = `s.sold_at is null and s.held_until > now() and not ${IS_HELD}`;

/** A seat `s` that may be offered: free for everybody, or kept. */
export const IS_OFFERABLE = `s.sold_at is null and (s.held_until is null or s.held_until <= now() or not ${IS_HELD})`;

// A row lock re-reads its own row, but what is asked of other rows keeps the statement's snapshot: a seat that was just
// taken could look as if nobody had it. So seats are locked first and judged in a later statement.

const lockShort = statement<{ id: string }>(
  "waitlist_lock_short_holds",
  `select s.id from seats s
     join reservations r on r.concert_id = $1 and r.id = s.reservation_id and r.status = 'held' and r.expires_at > now()
   where s.concert_id = $1 and s.id = any((select $2::uuid[])::uuid[]) and s.sold_at is null and s.held_until = r.expires_at
   order by s.id for update of s skip locked`,
);

const keepLonger = statement<never>(
  "waitlist_keep_longer",
  `update seats s set held_until = r.expires_at + make_interval(secs => $3)
   from reservations r
   where s.concert_id = $1 and s.id = any((select $2::uuid[])::uuid[]) and s.sold_at is null
     and r.concert_id = $1 and r.id = s.reservation_id and r.status = 'held' and s.held_until = r.expires_at`,
);

/**
 * Lets the waitlist come before general sale also for seats whose holds began before anybody was waiting. Never waits
 * for a lock; what it passes over, it finds at the next look.
 */
export async function keepHeldSeats(
  tx: Db,
  { concertId, seatIds, keepSeconds }: { concertId: string; seatIds: string[]; keepSeconds: number },
): Promise<void> {
  if (seatIds.length === 0) return;
  const short = (await lockShort(tx, [concertId, seatIds])).map(({ id }) => id);
  if (short.length > 0) await keepLonger(tx, [concertId, short, keepSeconds]);
}

const lockKept = statement<{ id: string }>(
  "waitlist_lock_kept",
  `select s.id from seats s where s.concert_id = $1 and s.id = any((select $2::uuid[])::uuid[]) and ${IS_KEPT}
   order by s.id for update skip locked`,
);

const open = statement<{ id: string }>(
  "waitlist_open_kept",
  `update seats s set held_until = null, reservation_id = null
   where s.concert_id = $1 and s.id = any((select $2::uuid[])::uuid[]) and ${IS_KEPT} returning s.id`,
);

/** Gives the seats that nobody on the list can use to everybody. Answers how many. */
export async function openKeptSeats(
  tx: Db,
  { concertId, seatIds }: { concertId: string; seatIds: string[] },
): Promise<number> {
  if (seatIds.length === 0) return 0;
  const kept = (await lockKept(tx, [concertId, seatIds])).map(({ id }) => id);
  return kept.length === 0 ? 0 : (await open(tx, [concertId, kept])).length;
}

type Unsold = { id: string; is_taken: boolean };

const readUnsold = statement<Unsold>(
  "waitlist_read_unsold",
  `select s.id, coalesce(s.held_until > now(), false) as is_taken from seats s
   where s.concert_id = $1 and s.performance_id = $2 and s.sold_at is null
     and (s.held_until > now() or $4 or s.section_id in (
       select x.id from sections x join price_tiers t on t.concert_id = $1 and t.id = x.tier_id
       where x.concert_id = $1 and t.name = any((select $3::text[])::text[])))`,
);

/**
 * The seats of a performance that a look at its list is about: all that are held or kept (`taken`), and those free ones
 * that somebody waits for. The one read that goes over a whole hall.
 */
export async function findUnsold(
  tx: Db,
  { concertId, performanceId }: { concertId: string; performanceId: string },
  tiers: (string | null)[],
): Promise<{ all: string[]; taken: string[] }> {
  const named = tiers.filter((tier) => tier !== null);
  const rows = await readUnsold(tx, [concertId, performanceId, named, tiers.includes(null)]);
  return { all: rows.map(({ id }) => id), taken: rows.filter((row) => row.is_taken).map(({ id }) => id) };
}
