import { type Db, statement } from "@/db/client";
import { seatLeftAlone } from "./errors";
import { isNearlySoldOut, seatsLeftAlone } from "./rules";

type RowSeat = {
  id: string;
  section_id: string;
  section: string;
  row: number;
  number: number;
};

/**
 * Locks, in id order, every seat that could be chosen in the rows of the wanted ones: free, or the fan's own (`$4`).
 * Two fans who choose in one row come one after the other, and the second sees what the first one took.
 */
const lockRows = statement<RowSeat>(
  "booking_lock_rows",
  `select s.id, s.section_id, s.row, s.number,
          (select name from sections where concert_id = $1 and id = s.section_id) as section
   from seats s
   where s.concert_id = $1 and s.performance_id = $2
     and (s.section_id, s.row) in (
       select section_id, row from seats
       where concert_id = $1 and performance_id = $2 and id = any((select $3::uuid[])::uuid[]))
     and ((s.sold_at is null and (s.held_until is null or s.held_until <= now())) or s.id = any((select $4::uuid[])::uuid[]))
   order by s.id for update of s`,
);

const countSeats = statement<{ free: number; total: number }>(
  "booking_count_seats",
  `select count(*) as total, count(*) filter (where sold_at is null and (held_until is null or held_until <= now())) as free
   from seats where concert_id = $1 and performance_id = $2`,
);

/**
 * For concerts with the rule: throws `seat_left_alone` if taking the wanted seats would leave a single one free between
 * taken ones, unless there is no choice or hardly a seat is left. The rows stay locked until the transaction ends. Seats
 * that are taken already are not this function's to complain of. `own` are the fan's seats that the wanted ones replace.
 */
export async function refuseSeatsLeftAlone(
  tx: Db,
  wanted: { concertId: string; performanceId: string; seatIds: string[]; own?: string[] },
): Promise<void> {
  const { concertId, performanceId, seatIds, own = [] } = wanted;
  const touched = [...new Set([...seatIds, ...own])];
  const free = await lockRows(tx, [concertId, performanceId, touched, own]);
  const known = new Set(free.map(({ id }) => id));
  const wantedIds = new Set(seatIds.map((id) => id.toLowerCase()));
  if (![...wantedIds].every((id) => known.has(id))) return;
  const rows = new Map<string, RowSeat[]>();
  for (const seat of free) {
    const row = `${seat.section_id}/${seat.row}`;
    rows.set(row, [...(rows.get(row) ?? []), seat]);
  }
  const alone = [...rows.values()].flatMap((row) => {
    const chosen = row.filter(({ id }) => wantedIds.has(id));
    const left = seatsLeftAlone(row.map(numberOf), new Set(chosen.map(numberOf)));
    return row.filter(({ number }) => left.includes(number));
  });
  if (alone.length === 0) return;
  const [seats] = await countSeats(tx, [concertId, performanceId]);
  if (seats && isNearlySoldOut(seats)) return;
  throw seatLeftAlone(alone.map(({ id, section, row, number }) => ({ id, section, row, number })));
}

const numberOf = ({ number }: RowSeat): number => number;
