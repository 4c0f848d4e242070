import { type Db, inTransaction, statement } from "@/db/client";
import { type PickBlock, pickSeats } from "@/lib/booking/pick-seats";
import { log } from "@/lib/core/log";
import { STATUS_OF_OFFER } from "./entry";
import { findUnsold, IS_OFFERABLE, keepHeldSeats, openKeptSeats } from "./keep-seats";
import { makeOffer, type Wish } from "./make-offer";
import { KEEP_SECONDS, MOST_OFFERS } from "./rules";

type Key = { concertId: string; performanceId: string };

/** One process at a time looks at a list; the others give way. */
const lockList = statement<{ on_sale: boolean }>(
  "waitlist_lock_to_offer",
  `select p.starts_at > now() and (c.sale_closes_at is null or c.sale_closes_at > now()) as on_sale
   from (select 1 from waitlists where concert_id = $1 and performance_id = $2 and is_live for update skip locked) w
     left join concerts c on c.id = $1
     left join performances p on p.concert_id = $1 and p.id = $2`,
);

const settleOffers = statement<never>(
  "waitlist_settle_offers",
  `update waitlist_entries e set status = ${STATUS_OF_OFFER}, ended_at = coalesce(r.paid_at, r.ended_at, r.expires_at)
   from reservations r
   where e.concert_id = $1 and e.performance_id = $2 and e.status = 'offered'
     and r.concert_id = $1 and r.id = e.reservation_id and (r.status <> 'held' or r.expires_at <= now())`,
);

const closeList = statement<never>(
  "waitlist_close",
  `update waitlist_entries set status = 'closed', ended_at = now()
   where concert_id = $1 and performance_id = $2 and status = 'waiting'`,
);

const readWishes = statement<{ seat_count: number; tier: string | null }>(
  "waitlist_read_wishes",
  `select seat_count, tier from waitlist_entries
   where concert_id = $1 and performance_id = $2 and status = 'waiting' group by seat_count, tier`,
);

/** Ends the look; without anybody waiting, seats that come back are everybody's at once. */
const noteLook = statement<never>(
  "waitlist_note_look",
  `with opened as (
     update performances set keep_seconds = 0 where concert_id = $1 and id = $2 and not $3 and keep_seconds > 0)
   update waitlists w set checked_at = now(),
     is_live = $3 or exists (select 1 from waitlist_entries e where e.concert_id = $1 and e.performance_id = $2 and e.status = 'offered')
   where w.concert_id = $1 and w.performance_id = $2`,
);

type SeatRow = {
  id: string;
  section: string;
  row: number;
  number: number;
  tier: string;
  price: number;
  rows: number;
  seats_per_row: number;
  ordinal: number;
};

const readOfferable = statement<SeatRow>(
  "waitlist_read_offerable",
  `select s.id, x.name as section, s.row, s.number, t.name as tier, s.price, x.rows, x.seats_per_row, x.ordinal
   from seats s
     join sections x on x.concert_id = $1 and x.id = s.section_id
     join price_tiers t on t.concert_id = $1 and t.id = x.tier_id
   where s.concert_id = $1 and s.id = any((select $2::uuid[])::uuid[]) and ${IS_OFFERABLE}
   order by x.ordinal, s.row, s.number`,
);

const nextWish = statement<Wish>(
  "waitlist_next",
  `select id, user_id, seat_count, tier, number from waitlist_entries
   where concert_id = $1 and performance_id = $2 and status = 'waiting' and number > $3
     and (seat_count, coalesce(tier, '')) in (select * from unnest($4::int[], $5::text[]))
   order by number limit 1`,
);

/**
 * One look at a performance's waitlist, in one transaction: ends the places whose offers are over, offers what came back
 * to the first whose wish it fits, and gives the rest to everybody. Answers how many offers were made. Safe with any
 * number of processes; does nothing while another one is looking.
 */
export async function offerReturned(db: Db, key: Key): Promise<number> {
  return await inTransaction(db, async (tx) => {
    const { concertId, performanceId } = key;
    const [list] = await lockList(tx, [concertId, performanceId]);
    if (!list) return 0;
    await settleOffers(tx, [concertId, performanceId]);
    if (!list.on_sale) await closeList(tx, [concertId, performanceId]);
    const wishes = await readWishes(tx, [concertId, performanceId]);
    const unsold = await findUnsold(
      tx,
      key,
      wishes.map(({ tier }) => tier),
    );
    if (wishes.length > 0) await keepHeldSeats(tx, { concertId, seatIds: unsold.taken, keepSeconds: KEEP_SECONDS });
    const offered = wishes.length > 0 ? await offerAll(tx, key, wishes, unsold.all) : { made: 0, isOver: true };
    if (offered.isOver) await openKeptSeats(tx, { concertId, seatIds: unsold.taken });
    await noteLook(tx, [concertId, performanceId, wishes.length > 0]);
    return offered.made;
  });
}

/** `isOver`: what is left fits nobody who waits, so that it need not be kept. */
async function offerAll(
  tx: Db,
  key: Key,
  wishes: { seat_count: number; tier: string | null }[],
  unsold: string[],
): Promise<{ made: number; isOver: boolean }> {
  const { concertId, performanceId } = key;
  if (unsold.length === 0) return { made: 0, isOver: true };
  const hall = hallOf(await readOfferable(tx, [concertId, unsold]));
  let [made, after, isOver] = [0, 0, true];
  while (made < MOST_OFFERS) {
    const fitting = wishes.filter((wish) => hall.pick(wish) !== null);
    if (fitting.length === 0) return { made, isOver };
    const counts = fitting.map((wish) => wish.seat_count);
    const names = fitting.map((wish) => wish.tier ?? "");
    const [wish] = await nextWish(tx, [concertId, performanceId, after, counts, names]);
    if (!wish) return { made, isOver };
    after = wish.number;
    const seatIds = hall.pick(wish) as string[];
    const outcome = await makeOffer(tx, { concertId, performanceId, wish, seatIds });
    if (outcome === "too_many") continue;
    if (outcome === "not_now") {
      // Nobody further back may have what this fan will be offered at the next look.
      isOver = false;
      hall.remove(seatIds);
      continue;
    }
    made += 1;
    hall.remove(seatIds);
    log("info", "waitlist.offered", { concertId, performanceId, entryId: wish.id, seats: seatIds.length });
  }
  return { made, isOver: false };
}

/** The seats that may be offered, as the picker sees them. */
function hallOf(seats: SeatRow[]) {
  const blocks: (PickBlock & { ids: Map<number, string> })[] = [];
  for (const seat of seats) {
    let block = blocks.find(({ name }) => name === seat.section);
    if (!block) {
      const { section: name, tier, price, rows, seats_per_row: seatsPerRow } = seat;
      block = { name, tier, price, rows, seatsPerRow, ids: new Map() };
      blocks.push(block);
    }
    block.ids.set((seat.row - 1) * seat.seats_per_row + seat.number - 1, seat.id);
  }
  const gone = new Set<string>();
  const idAt = (block: number, index: number) => blocks[block]?.ids.get(index);
  const isFree = (block: number, index: number) => {
    const id = idAt(block, index);
    return id !== undefined && !gone.has(id);
  };
  // Seats only get fewer, so what was picked stays the pick until one of it is gone.
  const picks = new Map<string, string[] | null>();
  return {
    pick(wish: { seat_count: number; tier: string | null }): string[] | null {
      const key = `${wish.seat_count} ${wish.tier ?? ""}`;
      const known = picks.get(key);
      if (known === null || known?.every((id) => !gone.has(id))) return known;
      const [group] = pickSeats(blocks, { count: wish.seat_count, tier: wish.tier ?? undefined }, isFree);
      const seatIds = group?.map(({ block, index }) => idAt(block, index) as string) ?? null;
      picks.set(key, seatIds);
      return seatIds;
    },
    remove(seatIds: string[]) {
      for (const id of seatIds) gone.add(id);
    },
  };
}
