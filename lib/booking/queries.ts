import { type Db, statement } from "@/db/client";
import { invalidRequest, notFound } from "@/lib/core/errors";
import { isId } from "@/lib/core/ids";
import { RESERVATION_COLUMNS, type ReservationRow, reservationOf } from "./reservation";
import type { Reservation } from "./schema";

const readOne = statement<ReservationRow>(
  "booking_read_one",
  `select ${RESERVATION_COLUMNS} from reservations where concert_id = $1 and id = $2 and user_id = $3`,
);

/** A fan's own reservation. Throws `not_found`, also for another fan's. */
export async function getReservation(
  db: Db,
  { concertId, reservationId, userId }: { concertId: string; reservationId: string; userId: string },
): Promise<Reservation> {
  const [row] = isId(concertId) && isId(reservationId) ? await readOne(db, [concertId, reservationId, userId]) : [];
  if (!row) throw notFound("reservation");
  return reservationOf(row);
}

// Ids are UUIDs of version 7, so they run with the time of their making.
const readPage = statement<ReservationRow>(
  "booking_read_page",
  `select ${RESERVATION_COLUMNS} from reservations
   where user_id = $1 and ($2::uuid is null or (created_at, id) < ((select created_at from reservations where user_id = $1 and id = $2), $2))
   order by created_at desc, id desc limit $3`,
);

/** A fan's reservations of all concerts, newest first; `cursor` is the last id of the page before. */
export async function listReservations(
  db: Db,
  { userId, limit, cursor }: { userId: string; limit: number; cursor?: string | undefined },
): Promise<{ items: Reservation[]; nextCursor: string | null }> {
  if (cursor !== undefined && !isId(cursor)) throw invalidRequest([{ path: "cursor", message: "is not a cursor" }]);
  const rows = await readPage(db, [userId, cursor ?? null, limit + 1]);
  const items = rows.slice(0, limit).map(reservationOf);
  return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}

const readSales = statement<{ revenue: number; held: number; sold: number; total: number }>(
  "booking_read_sales",
  `select (select coalesce(sum(amount), 0)::int8 from reservations where concert_id = $1 and status = 'paid') as revenue,
          count(*) filter (where sold_at is null and held_until > now()) as held,
          count(*) filter (where sold_at is not null) as sold, count(*) as total
   from seats where concert_id = $1`,
);

/** A concert's seats by availability, over all its performances, and what it took in (minor units). */
export async function readSalesFigures(
  db: Db,
  concertId: string,
): Promise<{ seats: { available: number; held: number; sold: number }; revenue: number }> {
  const [row] = await readSales(db, [concertId]);
  const { revenue = 0, held = 0, sold = 0, total = 0 } = row ?? {};
  return { seats: { available: total - held - sold, held, sold }, revenue };
}
