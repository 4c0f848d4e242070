import { type Db, inTransaction, statement } from "@/db/client";
import { AppError, invalidRequest, notFound, unavailable } from "@/lib/core/errors";
import { isId, newId } from "@/lib/core/ids";
import { oncePerProcess } from "@/lib/core/registry";
import { ADMITTED_NOW, claimedUntil, explainRefusal, type PresentedToken } from "@/lib/queue/admission";
import { explainHold } from "./explain-hold";
import { refuseSeatsLeftAlone } from "./orphan-guard";
import { RESERVATION_COLUMNS, type ReservationRow, reservationOf } from "./reservation";
import type { Reservation } from "./schema";

/** Two holds of one fan at one moment: the later one is tried again this often before the fan is told to. */
const ATTEMPTS = 5;

/**
 * All that decides a hold, in one statement: the performance is on sale, the seats are free by the database's clock
 * (locked in id order, so two holds cannot deadlock), the fan's limit is kept and the admission is good. `free` drops
 * a seat that another hold took while this one waited for its lock.
 *
 * `gate` compares `holds` with its value in the statement's own snapshot: two holds of one fan read the same count of
 * seats, but the second finds `holds` raised when it gets the row, matches nothing and is tried again (a row lock
 * re-reads the row it waited for, but a sub-select keeps the old snapshot; see docs/decisions). The same update
 * claims the turn and stretches the admission to cover the hold.
 *
 * The sub-select around `$5` hides its length from the planner, which else takes every array to be worth a plan of its
 * own: 1.0 of a hold's 1.7 ms in PostgreSQL went into planning.
 */
export const HOLD_SEATS = `
with sale as (
  select c.max_seats_per_fan as seat_limit, c.currency, now() + make_interval(secs => c.hold_seconds) as ends,
         now() + make_interval(secs => c.hold_seconds + p.keep_seconds) as kept_until, q.session_seconds
  from concerts c, performances p, queues q
  where c.id = $1 and q.concert_id = $1 and p.concert_id = $1 and p.id = $4 and p.starts_at > now()
    and c.sale_opens_at <= now() and (c.sale_closes_at is null or c.sale_closes_at > now())
    and not c.orphan_seat_rule),
mine as (
  select coalesce(sum(seat_count), 0)::int as seats from reservations
  where concert_id = $1 and user_id = $3 and (status = 'paid' or (status = 'held' and expires_at > now()))),
free as (
  select s.id, s.section_id, s.row, s.number, s.price from seats s
  where s.concert_id = $1 and s.performance_id = $4 and s.id = any((select $5::uuid[])::uuid[])
    and s.sold_at is null and (s.held_until is null or s.held_until <= now())
  order by s.id for update),
gate as (
  update queue_entries e
  set holds = e.holds + 1, claimed_at = coalesce(e.claimed_at, now()),
      admitted_until = greatest(e.admitted_until, sale.ends, ${claimedUntil("sale.session_seconds")})
  from sale, mine
  where e.concert_id = $1 and e.id = $2 and e.user_id = $3 and e.token_generation = $7 and ${ADMITTED_NOW}
    and e.holds = (select holds from queue_entries where concert_id = $1 and id = $2)
    and (select count(*) from free) = cardinality($5::uuid[])
    and mine.seats + cardinality($5::uuid[]) <= sale.seat_limit
  returning sale.currency, sale.ends, sale.kept_until),
taken as (
  update seats s set reservation_id = $6, held_until = gate.kept_until, sold_at = null
  from free, gate where s.concert_id = $1 and s.id = free.id
  returning s.id)
insert into reservations (concert_id, id, user_id, performance_id, entry_id, status, seats, seat_count, amount, currency, created_at, expires_at)
select $1, $6, $3, $4, $2, 'held',
       jsonb_agg(jsonb_build_object('id', f.id, 'section', sec.name, 'row', f.row, 'number', f.number, 'tier', t.name, 'price', f.price)
                 order by sec.ordinal, f.row, f.number),
       count(*), sum(f.price), gate.currency, now(), gate.ends
from gate, free f
  join sections sec on sec.concert_id = $1 and sec.id = f.section_id
  join price_tiers t on t.concert_id = $1 and t.id = sec.tier_id
where (select count(*) from taken) = cardinality($5::uuid[])
group by gate.currency, gate.ends
returning ${RESERVATION_COLUMNS}`;

const hold = statement<ReservationRow>("booking_hold_seats", HOLD_SEATS);

// The same for concerts with the rule against seats left alone, whose rows are locked and looked at before.
const holdRuled = statement<ReservationRow>(
  "booking_hold_seats_ruled",
  HOLD_SEATS.replace("and not c.orphan_seat_rule", "and c.orphan_seat_rule"),
);

/** Concerts that were found to have the rule: a hint only, the statements know. */
const ruled = () => oncePerProcess("booking.ruled", () => new Set<string>());

/**
 * Holds seats for the concert's `holdSeconds`, all or none. Throws the gate's refusals, `seat_unavailable` (with the
 * seats that are taken), `seat_left_alone`, `seat_limit_exceeded`, `not_on_sale`, `not_found` for an unknown performance or seat.
 */
export async function holdSeats(
  db: Db,
  { admission, performanceId, seatIds }: { admission: PresentedToken; performanceId: string; seatIds: string[] },
): Promise<Reservation> {
  const nonsense = nonsenseIn(performanceId, seatIds);
  if (nonsense) {
    // Whoever may not come in hears that first.
    await explainRefusal(db, admission);
    throw nonsense;
  }
  const wanted = { admission, performanceId, seatIds };
  if (ruled().has(admission.concertId)) return await holdByRule(db, wanted);
  const held = await take(db, hold, wanted);
  if (held) return held;
  ruled().add(admission.concertId);
  return await holdByRule(db, wanted);
}

type Wanted = { admission: PresentedToken; performanceId: string; seatIds: string[] };

const holdByRule = (db: Db, wanted: Wanted): Promise<Reservation> =>
  inTransaction(db, async (tx) => {
    const { admission, performanceId, seatIds } = wanted;
    await refuseSeatsLeftAlone(tx, { concertId: admission.concertId, performanceId, seatIds });
    const held = await take(tx, holdRuled, wanted);
    if (held) return held;
    // The organiser has just lifted the rule.
    ruled().delete(admission.concertId);
    throw unavailable("These seats are being fought for; try again.");
  });

/** Tries until the hold is made or there is a reason why not; null if the concert's rule asks for the other way. */
async function take(
  db: Db,
  by: typeof hold,
  { admission, performanceId, seatIds }: Wanted,
): Promise<Reservation | null> {
  const { concertId, entryId, userId, generation } = admission;
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const [row] = await by(db, [concertId, entryId, userId, performanceId, seatIds, newId(), generation]);
    if (row) return reservationOf(row);
    const { hasRule } = await explainHold(db, { admission, performanceId, seatIds, count: seatIds.length });
    if (hasRule !== (by === holdRuled)) return null;
  }
  throw unavailable("These seats are being fought for; try again.");
}

function nonsenseIn(performanceId: string, seatIds: string[]): AppError | null {
  if (!isId(performanceId)) return notFound("performance");
  if (!seatIds.every(isId)) return notFound("seat");
  if (seatIds.length === 0) return invalidRequest([{ path: "seatIds", message: "names no seat" }]);
  const isTwice = new Set(seatIds).size !== seatIds.length;
  return isTwice ? invalidRequest([{ path: "seatIds", message: "names a seat twice" }]) : null;
}

/** Whether a hold failed because someone else has a seat. */
export const isSeatTaken = (error: unknown): boolean => error instanceof AppError && error.code === "seat_unavailable";
