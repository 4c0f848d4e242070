import { sql } from "drizzle-orm";
import { foreignKey, index, integer, pgTable, primaryKey, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
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
    /** How often it has changed hands; the code carries it, so that the codes of earlier holders are dead. */
    serial: integer().notNull().default(0),
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

/**
 * A ticket offered by link to whoever takes it, and, once taken, the record of it changing hands. A link is open while it
 * is neither claimed nor revoked and has not lapsed.
 */
export const ticketTransfers = pgTable(
  "ticket_transfers",
  {
    concertId: uuid().notNull(),
    id: uuid().notNull(),
    ticketId: uuid().notNull(),
    /** The ticket's serial when it was offered: the link is for that holder's ticket and no later one's. */
    serial: integer().notNull(),
    fromUserId: uuid().notNull(),
    toUserId: uuid(),
    createdAt: instant().notNull(),
    expiresAt: instant().notNull(),
    claimedAt: instant(),
    revokedAt: instant(),
  },
  (t) => [
    primaryKey({ columns: [t.concertId, t.id] }),
    // One link at a time.
    uniqueIndex("ticket_transfers_open_key")
      .on(t.concertId, t.ticketId)
      .where(sql`${t.claimedAt} is null and ${t.revokedAt} is null`),
    // The last line of defence: a ticket changes hands once from each holder.
    uniqueIndex("ticket_transfers_claimed_key")
      .on(t.concertId, t.ticketId, t.serial)
      .where(sql`${t.claimedAt} is not null`),
    index("ticket_transfers_given_idx").on(t.fromUserId, t.claimedAt).where(sql`${t.claimedAt} is not null`),
    foreignKey({ columns: [t.concertId, t.ticketId], foreignColumns: [tickets.concertId, tickets.id] }),
  ],
);
