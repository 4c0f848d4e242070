import { type Db, statement } from "@/db/client";

const read = statement<{ id: string; seat_id: string }>(
  "tickets_of_reservation",
  "select id, seat_id from tickets where concert_id = $1 and reservation_id = $2 and status <> 'void'",
);

/** The tickets of a reservation that are not void, with their seats; whoever holds them and whether used or not. */
export async function ticketsOfReservation(
  db: Db,
  { concertId, reservationId }: { concertId: string; reservationId: string },
): Promise<{ id: string; seatId: string }[]> {
  const rows = await read(db, [concertId, reservationId]);
  return rows.map(({ id, seat_id: seatId }) => ({ id, seatId }));
}
