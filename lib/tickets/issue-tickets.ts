import { type Db, statement } from "@/db/client";
import { isUniqueViolation } from "@/db/errors";
import type { ReservedSeat } from "@/db/schema/booking";
import { AppError } from "@/lib/core/errors";
import { newId } from "@/lib/core/ids";
import { ticketCode } from "./code";
import type { TicketSummary } from "./schema";

const insert = statement<never>(
  "tickets_issue",
  `insert into tickets (concert_id, id, reservation_id, performance_id, seat_id, user_id, status, issued_at)
   select $1::uuid, t.id, t.reservation_id, t.performance_id, t.seat_id, t.user_id, 'issued', t.at
   from unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::uuid[], $7::timestamptz[])
     as t (id, reservation_id, performance_id, seat_id, user_id, at)`,
);

/** A paid reservation whose seats get their tickets; `at` is when it was paid. */
export type ToIssue = { reservationId: string; performanceId: string; userId: string; seats: ReservedSeat[]; at: Date };

/**
 * Issues a ticket for each seat of paid reservations of one concert, inside the payment's transaction: one list for each
 * reservation, in the order of its `seats`. Throws `seat_unavailable` with `seatIds` if one of them has a ticket already:
 * booking decides who gets a seat, this is the last line of defence behind it.
 */
export async function issueTickets(
  tx: Db,
  concertId: string,
  reservations: readonly ToIssue[],
): Promise<TicketSummary[][]> {
  const lists = reservations.map(({ seats }) =>
    seats.map(({ section, row, number }) => {
      const id = newId();
      return { id, code: ticketCode({ concertId, ticketId: id, serial: 0 }), section, row, number };
    }),
  );
  const perSeat = <T>(of: (reservation: ToIssue) => T): T[] =>
    reservations.flatMap((reservation) => reservation.seats.map(() => of(reservation)));
  const seatIds = reservations.flatMap(({ seats }) => seats.map(({ id }) => id));
  await insert(tx, [
    concertId,
    lists.flatMap((tickets) => tickets.map(({ id }) => id)),
    perSeat(({ reservationId }) => reservationId),
    perSeat(({ performanceId }) => performanceId),
    seatIds,
    perSeat(({ userId }) => userId),
    perSeat(({ at }) => at),
  ]).catch((error) => {
    if (!isUniqueViolation(error)) throw error;
    throw new AppError("seat_unavailable", "A seat of this reservation is already sold.", { seatIds });
  });
  return lists;
}
