import { type Db, inTransaction, statement } from "@/db/client";
import { invalidRequest, notFound } from "@/lib/core/errors";
import { isId } from "@/lib/core/ids";
import { ADMITTED_NOW, explainRefusal, type PresentedToken } from "@/lib/queue/admission";
import { notOnSale, offerIsFixed, reservationExpired, seatLimitExceeded, seatUnavailable, whyOver } from "./errors";
import { FREED } from "./free-seats";
import { refuseSeatsLeftAlone } from "./orphan-guard";
import { RESERVATION_COLUMNS, type ReservationRow, reservationOf } from "./reservation";
import type { Reservation } from "./schema";

type Locked = ReservationRow & { on_sale: boolean; seat_limit: number; orphan_seat_rule: boolean };

const lockReservation = statement<Locked>(
  "booking_lock_reservation",
  `select r.*,
          p.starts_at > now() and c.sale_opens_at <= now() and (c.sale_closes_at is null or c.sale_closes_at > now()) as on_sale,
          c.max_seats_per_fan as seat_limit, c.orphan_seat_rule
   from (select ${RESERVATION_COLUMNS} from reservations
         where concert_id = $1 and id = $2 and user_id = $3 for update) r
     join concerts c on c.id = $1
     join performances p on p.concert_id = $1 and p.id = r.performance_id`,
);

/** Locks the seats before and after, in id order as every hold does, and keeps those that are the fan's or free. */
const lockSeats = statement<{ id: string }>(
  "booking_lock_seats",
  `select id from seats
   where concert_id = $1 and performance_id = $2 and id = any((select $3::uuid[])::uuid[])
     and sold_at is null
     and (case when id = any((select $4::uuid[])::uuid[]) then reservation_id = $5 else held_until is null or held_until <= now() end)
   order by id for update`,
);

const countKnown = statement<{ known: number }>(
  "booking_count_known_seats",
  `select count(*) as known from seats
   where concert_id = $1 and performance_id = $2 and id = any((select $3::uuid[])::uuid[])`,
);

/** From here on another hold of the same fan finds `holds` raised and looks again. */
const passGate = statement<{ id: string }>(
  "booking_change_gate",
  `update queue_entries e set holds = e.holds + 1
   where e.concert_id = $1 and e.id = $2 and e.user_id = $3 and e.token_generation = $4 and ${ADMITTED_NOW}
   returning e.id`,
);

/** In a statement after the gate's: its snapshot has every hold that raised `holds` before. */
const countOthers = statement<{ seats: number }>(
  "booking_count_other_seats",
  `select coalesce(sum(seat_count), 0)::int as seats from reservations
   where concert_id = $1 and user_id = $2 and id <> $3 and (status = 'paid' or (status = 'held' and expires_at > now()))`,
);

const change = statement<ReservationRow>(
  "booking_change_seats",
  `with dropped as (
     update seats s set ${FREED} from performances p
     where s.concert_id = $1 and s.id = any((select $4::uuid[])::uuid[]) and p.concert_id = $1 and p.id = s.performance_id),
   added as (
     update seats s set reservation_id = r.id, held_until = r.expires_at + make_interval(secs => p.keep_seconds)
     from reservations r, performances p
     where s.concert_id = $1 and s.id = any((select $5::uuid[])::uuid[])
       and r.concert_id = $1 and r.id = $2 and p.concert_id = $1 and p.id = r.performance_id),
   chosen as (
     select jsonb_agg(jsonb_build_object('id', s.id, 'section', sec.name, 'row', s.row, 'number', s.number, 'tier', t.name, 'price', s.price)
                      order by sec.ordinal, s.row, s.number) as list, count(*)::int as number, sum(s.price)::int8 as price
     from seats s
       join sections sec on sec.concert_id = $1 and sec.id = s.section_id
       join price_tiers t on t.concert_id = $1 and t.id = sec.tier_id
     where s.concert_id = $1 and s.id = any((select $3::uuid[])::uuid[]))
   update reservations r set seats = chosen.list, seat_count = chosen.number, amount = chosen.price
   from chosen where r.concert_id = $1 and r.id = $2
   returning ${RESERVATION_COLUMNS}`,
);

/**
 * Makes a held reservation's seats exactly these: kept ones are never let go, new ones are taken all or none, dropped
 * ones are free at once; the amount follows from the database's prices and the hold ends when it did before. One
 * transaction, its locks in the order of every other: reservation, seats by id, entry. Throws `seat_unavailable` (with
 * the seats that are taken), `seat_left_alone`, `seat_limit_exceeded`, `not_on_sale`, `reservation_expired`,
 * `reservation_already_paid`, `reservation_cancelled`, `conflict` for an offer, `not_found`, and what the gate throws.
 */
export async function changeSeats(
  db: Db,
  { admission, reservationId, seatIds }: { admission: PresentedToken; reservationId: string; seatIds: string[] },
): Promise<Reservation> {
  if (!isId(reservationId)) throw notFound("reservation");
  if (!seatIds.every(isId)) throw notFound("seat");
  if (seatIds.length === 0) throw invalidRequest([{ path: "seatIds", message: "names no seat" }]);
  const wanted = [...new Set(seatIds.map((id) => id.toLowerCase()))];
  if (wanted.length !== seatIds.length) throw invalidRequest([{ path: "seatIds", message: "names a seat twice" }]);
  const { concertId, entryId, userId, generation } = admission;
  return await inTransaction(db, async (tx) => {
    const [held] = await lockReservation(tx, [concertId, reservationId, userId]);
    if (!held) throw notFound("reservation");
    if (held.status !== "held") throw whyOver(held.status);
    if (held.offered) throw offerIsFixed();
    const own = held.seats.map(({ id }) => id);
    const added = wanted.filter((id) => !own.includes(id));
    const dropped = own.filter((id) => !wanted.includes(id));
    if (added.length > 0 && !held.on_sale) throw notOnSale();
    const performanceId = held.performance_id;
    if (held.orphan_seat_rule) await refuseSeatsLeftAlone(tx, { concertId, performanceId, seatIds: wanted, own });
    const both = [...own, ...added];
    const locked = new Set(
      (await lockSeats(tx, [concertId, performanceId, both, own, reservationId])).map((s) => s.id),
    );
    if (!own.every((id) => locked.has(id))) throw reservationExpired();
    const taken = added.filter((id) => !locked.has(id));
    if (taken.length > 0) {
      const [known] = await countKnown(tx, [concertId, performanceId, taken]);
      throw known?.known === taken.length ? seatUnavailable(taken) : notFound("seat");
    }
    const [entry] = await passGate(tx, [concertId, entryId, userId, generation]);
    if (!entry) {
      await explainRefusal(tx, admission);
      throw reservationExpired();
    }
    const [others] = await countOthers(tx, [concertId, userId, reservationId]);
    if ((others?.seats ?? 0) + wanted.length > held.seat_limit) throw seatLimitExceeded(held.seat_limit);
    const [row] = await change(tx, [concertId, reservationId, wanted, dropped, added]);
    return reservationOf(row as ReservationRow);
  });
}
