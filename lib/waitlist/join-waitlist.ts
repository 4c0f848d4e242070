import { type Db, inTransaction, statement } from "@/db/client";
import { notOnSale, seatLimitExceeded } from "@/lib/booking/errors";
import { pickSeats } from "@/lib/booking/pick-seats";
import { lookAtHall } from "@/lib/catalog/seat-availability";
import { notFound } from "@/lib/core/errors";
import { isId, newId } from "@/lib/core/ids";
import { STATUS_OF_OFFER } from "./entry";
import { stillOnSale, waitsForOthers } from "./errors";
import { findUnsold, keepHeldSeats } from "./keep-seats";
import { getWaitlistEntry } from "./queries";
import { KEEP_SECONDS } from "./rules";
import type { JoinWaitlist, WaitlistEntry } from "./schema";

const readSale = statement<{ on_sale: boolean; seat_limit: number; mine: number; has_tier: boolean }>(
  "waitlist_read_sale",
  `select p.starts_at > now() and c.sale_opens_at <= now() and (c.sale_closes_at is null or c.sale_closes_at > now()) as on_sale,
          c.max_seats_per_fan as seat_limit,
          (select coalesce(sum(seat_count), 0)::int from reservations
            where concert_id = $1 and user_id = $3 and (status = 'paid' or (status = 'held' and expires_at > now()))) as mine,
          $4::text is null or exists (select 1 from price_tiers t where t.concert_id = $1 and t.name = $4) as has_tier
   from concerts c, performances p where c.id = $1 and p.concert_id = $1 and p.id = $2`,
);

/** Whoever joins meanwhile, or makes offers, waits here for the commit. */
const lockList = statement<{ last_number: number }>(
  "waitlist_lock_to_join",
  `insert into waitlists (concert_id, performance_id, last_number, is_live, checked_at) values ($1, $2, 0, true, now())
   on conflict (concert_id, performance_id) do update set is_live = true
   returning last_number`,
);

const findLive = statement<{ seat_count: number; tier: string | null }>(
  "waitlist_find_live",
  `select e.seat_count, e.tier from waitlist_entries e left join reservations r on r.concert_id = $1 and r.id = e.reservation_id
   where e.concert_id = $1 and e.performance_id = $2 and e.user_id = $3
     and (e.status = 'waiting' or (e.status = 'offered' and r.status = 'held' and r.expires_at > now()))`,
);

/** An offer that is over frees its fan's place before the next look does. */
const insertEntry = statement<{ is_first: boolean }>(
  "waitlist_insert",
  `with over as (
     update waitlist_entries e
     set status = ${STATUS_OF_OFFER},
         ended_at = coalesce(r.paid_at, r.ended_at, r.expires_at)
     from reservations r
     where e.concert_id = $1 and e.performance_id = $2 and e.user_id = $3 and e.status = 'offered'
       and r.concert_id = $1 and r.id = e.reservation_id
     returning e.id),
   counted as (
     update waitlists set last_number = $4 where concert_id = $1 and performance_id = $2),
   kept as (
     update performances set keep_seconds = $8 where concert_id = $1 and id = $2 and keep_seconds = 0 returning id)
   insert into waitlist_entries (concert_id, id, performance_id, user_id, number, seat_count, tier, status, joined_at)
   select $1, $5, $2, $3, $4, $6, $7, 'waiting', now() where (select count(*) from over) >= 0
   returning exists (select 1 from kept) as is_first`,
);

/**
 * Puts a fan at the end of a performance's waitlist, or finds the place that the fan has. Throws `conflict` while such
 * seats are on sale, or for a fan who waits for others; `seat_limit_exceeded` for more than the fan may still have;
 * `not_on_sale`; `not_found` for an unknown performance or tier.
 */
export async function joinWaitlist(
  db: Db,
  {
    concertId,
    performanceId,
    userId,
    count,
    tier,
  }: { concertId: string; performanceId: string; userId: string } & JoinWaitlist,
): Promise<{ created: boolean; entry: WaitlistEntry }> {
  if (!isId(concertId) || !isId(performanceId)) throw notFound("performance");
  const whose = { concertId, performanceId, userId };
  const [sale] = await readSale(db, [concertId, performanceId, userId, tier ?? null]);
  if (!sale) throw notFound("performance");
  if (!sale.has_tier) throw notFound("price tier");
  if (!sale.on_sale) throw notOnSale();
  const [known] = await findLive(db, [concertId, performanceId, userId]);
  if (!known) {
    if (sale.mine + count > sale.seat_limit) throw seatLimitExceeded(sale.seat_limit);
    if (await isOnSale(db, { concertId, performanceId, count, tier })) throw stillOnSale();
  }
  const created = await inTransaction(db, async (tx) => {
    const [list] = await lockList(tx, [concertId, performanceId]);
    const [mine] = await findLive(tx, [concertId, performanceId, userId]);
    if (mine) {
      if (mine.seat_count !== count || mine.tier !== (tier ?? null)) throw waitsForOthers();
      return false;
    }
    const number = (list?.last_number ?? 0) + 1;
    const values = [concertId, performanceId, userId, number, newId(), count, tier ?? null, KEEP_SECONDS];
    const [inserted] = await insertEntry(tx, values);
    if (inserted?.is_first) {
      const { taken } = await findUnsold(tx, { concertId, performanceId }, []);
      await keepHeldSeats(tx, { concertId, seatIds: taken, keepSeconds: KEEP_SECONDS });
    }
    return true;
  });
  return { created, entry: await getWaitlistEntry(db, whose) };
}

/** Whether seats that fit can be had without waiting. The picture in memory may say no for all, but not yes. */
async function isOnSale(db: Db, wish: { concertId: string; performanceId: string } & JoinWaitlist): Promise<boolean> {
  return (await fits(db, wish, 1000)) && (await fits(db, wish, 0));
}

async function fits(db: Db, wish: { concertId: string; performanceId: string } & JoinWaitlist, maxAgeMs: number) {
  const hall = await lookAtHall(db, wish, maxAgeMs);
  const isFree = (block: number, index: number) => hall[block]?.isAvailable(index) ?? false;
  return pickSeats(hall, wish, isFree).next().done !== true;
}
