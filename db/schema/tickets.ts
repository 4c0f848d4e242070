import { sql } from "drizzle-orm";
import { foreignKey, index, pgTable, primaryKey, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { TICKET_STATUSES } from "../constants";
import { reservations } from "./booking";
import { seats } from "./catalog";
import { instant } from "./columns";

/** The right of entry for one seat. */
export const tickets = pgTable(
  "tickets",
  {
    concertId: uuid().notNull(),
    id: uuid().notNull(),
    reservationId: uuid().notNull(),
    performanceId: uuid().notNull(),
    seatId: uuid().notNull(),
    userId: uuid().notNull(),
    status: text({ enum: TICKET_STATUSES }).notNull().default("issued"),
    issuedAt: instant().notNull(),
    checkedInAt: instant(),
  },
  (t) => [
    primaryKey({ columns: [t.concertId, t.id] }),
    // The last line of defence: a seat is never sold twice.
    uniqueIndex("tickets_seat_key").on(t.concertId, t.seatId).where(sql`${t.status} <> 'void'`),
    index("tickets_fan_idx").on(t.userId, t.issuedAt),
    index("tickets_reservation_idx").on(t.concertId, t.reservationId),
    foreignKey({ columns: [t.concertId, t.reservationId], foreignColumns: [reservations.concertId, reservations.id] }),
    foreignKey({ columns: [t.concertId, t.seatId], foreignColumns: [seats.concertId, seats.id] }),
  ],
);
