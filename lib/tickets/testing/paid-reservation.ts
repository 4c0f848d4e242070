import { eq } from "drizzle-orm";
import type { Client } from "@/db/client";
import { type ReservedSeat, reservations } from "@/db/schema/booking";
import { seats } from "@/db/schema/catalog";
import { makeConcert, makeUser } from "@/db/testing/factories";
import { newId } from "@/lib/core/ids";
import { issueTickets } from "../issue-tickets";

/** A paid reservation of the first `count` seats of a new concert, its tickets not yet issued. */
export async function paidReservation(db: Client, count: number, userId?: string) {
  const concert = await makeConcert(db);
  const performanceId = concert.performances[0]?.id as string;
  const fan = userId ?? (await makeUser(db)).id;
  const rows = await db
    .select()
    .from(seats)
    .where(eq(seats.concertId, concert.id))
    .orderBy(seats.row, seats.number)
    .limit(count);
  const reserved: ReservedSeat[] = rows.map(({ id, row, number, price }) => ({
    id,
    section: "A",
    row,
    number,
    tier: "R",
    price,
  }));
  const reservationId = newId();
  await db.insert(reservations).values({
    concertId: concert.id,
    id: reservationId,
    userId: fan,
    performanceId,
    entryId: newId(),
    status: "paid",
    seats: reserved,
    seatCount: count,
    amount: 10_000 * count,
    currency: "KRW",
    createdAt: new Date(),
    expiresAt: new Date(),
    paidAt: new Date(),
  });
  return { concertId: concert.id, reservationId, performanceId, userId: fan, seats: reserved, at: new Date() };
}

/** A paid reservation with its tickets. */
export async function issued(db: Client, count = 1, userId?: string) {
  const reservation = await paidReservation(db, count, userId);
  const [tickets = []] = await issueTickets(db, reservation.concertId, [reservation]);
  return { ...reservation, tickets };
}
