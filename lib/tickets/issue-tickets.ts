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
   select $1::uuid, t.id, $2::uuid, $3::uuid, t.seat_id, $4::uuid, 'issued', $5::timestamptz
   from unnest($6::uuid[], $7::uuid[]) as t (id, seat_id)`,
);

/**
 * Issues a ticket for each seat of a paid reservation, inside the payment's transaction, in the order of `seats`.
 * Throws `seat_unavailable` with `seatIds` if one of them has a ticket already: booking decides who gets a seat, this is
 * the last line of defence behind it.
 */
export async function issueTickets(
  tx: Db,
  reservation: {
    concertId: string;
    reservationId: string;
    performanceId: string;
    userId: string;
    seats: ReservedSeat[];
    at: Date;
  },
): Promise<TicketSummary[]> {
  const { concertId, reservationId, performanceId, userId, seats, at } = reservation;
  const tickets = seats.map(({ section, row, number }) => {
    const id = newId();
    return { id, code: ticketCode({ concertId, ticketId: id, serial: 0 }), section, row, number };
  });
  const seatIds = seats.map((seat) => seat.id);
  const ids = tickets.map((ticket) => ticket.id);
  await insert(tx, [concertId, reservationId, performanceId, userId, at, ids, seatIds]).catch((error) => {
    if (!isUniqueViolation(error)) throw error;
    throw new AppError("seat_unavailable", "A seat of this reservation is already sold.", { seatIds });
  });
  return tickets;
}
