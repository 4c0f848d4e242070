import { type Db, statement } from "@/db/client";
import { notFound } from "@/lib/core/errors";
import { isId } from "@/lib/core/ids";
import type { Admission } from "@/lib/queue/admission";
import { nothingAvailable } from "./errors";
import { explainHold } from "./explain-hold";
import { holdSeats, isSeatTaken } from "./hold-seats";
import type { BestAvailable, Reservation } from "./schema";

/** How many groups of neighbours are looked up at once, the best first. */
const GROUPS = 24;
const ROUNDS = 4;

/**
 * Groups of `$3` free neighbours in one row, best first: dearer tiers, then sections in the hall's order, then front
 * rows, then the middle of the row. Runs of free numbers are islands (number minus its rank among the free ones).
 */
const findGroups = statement<{ seat_ids: string[] }>(
  "booking_find_groups",
  `with free as (
     select s.id, s.section_id, s.row, s.number, sec.ordinal, sec.seats_per_row, s.price,
            s.number - row_number() over (partition by s.section_id, s.row order by s.number) as island
     from seats s
       join sections sec on sec.concert_id = $1 and sec.id = s.section_id
       join price_tiers t on t.concert_id = $1 and t.id = sec.tier_id
     where s.concert_id = $1 and s.performance_id = $2 and s.sold_at is null and (s.held_until is null or s.held_until <= now())
       and ($4::text is null or t.name = $4) and ($5::text is null or sec.name = $5)),
   groups as (
     select array_agg(id) over neighbours as seat_ids, price, ordinal, row,
            abs(number + ($3::int - 1) / 2.0 - (seats_per_row + 1) / 2.0) as off_centre
     from free
     window neighbours as (partition by section_id, row, island order by number rows between current row and $3::int - 1 following))
   select seat_ids from groups where cardinality(seat_ids) = $3::int
   order by price desc, ordinal, row, off_centre limit ${GROUPS}`,
);

/**
 * Picks and holds neighbouring seats. When others are picking too, the groups that they took are passed over; each
 * fan starts at another of the best few, so that a crowd does not fight for one seat. Throws as `holdSeats` does, and
 * `seat_unavailable` without seats when no such group is left.
 */
export async function holdBestAvailable(
  db: Db,
  { admission, performanceId, count, tier, section }: { admission: Admission; performanceId: string } & BestAvailable,
): Promise<Reservation> {
  if (!isId(performanceId)) throw notFound("performance");
  for (let round = 0; round < ROUNDS; round += 1) {
    const groups = await findGroups(db, [admission.concertId, performanceId, count, tier ?? null, section ?? null]);
    if (groups.length === 0) break;
    for (const { seat_ids } of startingAnywhere(groups, round)) {
      try {
        return await holdSeats(db, { admission, performanceId, seatIds: seat_ids });
      } catch (error) {
        if (!isSeatTaken(error)) throw error;
      }
    }
  }
  // No such group has a reason of its own (past performance, over the limit) more often than a full house.
  await explainHold(db, { admission, performanceId, seatIds: [], count });
  throw nothingAvailable();
}

/** The best group first for the first try of a quiet sale; after a lost race, from a random one on. */
function startingAnywhere<T>(groups: T[], round: number): T[] {
  const start = round === 0 ? 0 : Math.floor(Math.random() * groups.length);
  return [...groups.slice(start), ...groups.slice(0, start)];
}
