import { sql } from "drizzle-orm";
import { check, foreignKey, index, jsonb, pgTable, primaryKey, text, unique, uuid } from "drizzle-orm/pg-core";
import { type ReservedSeat, reservations } from "./booking";
import { amount, instant } from "./columns";
import { tickets } from "./tickets";

/** A settled reservation. */
export const payments = pgTable(
  "payments",
  {
    concertId: uuid().notNull(),
    id: uuid().notNull(),
    reservationId: uuid().notNull(),
    userId: uuid().notNull(),
    amount: amount().notNull(),
    currency: text().notNull(),
    paidAt: instant().notNull(),
    /** When the last of its seats was given back. */
    refundedAt: instant(),
  },
  (t) => [
    primaryKey({ columns: [t.concertId, t.id] }),
    unique().on(t.concertId, t.reservationId),
    foreignKey({ columns: [t.concertId, t.reservationId], foreignColumns: [reservations.concertId, reservations.id] }),
  ],
);

/** Seats of one reservation given back together, and what their fan got for them. Only ever added to. */
export const refunds = pgTable(
  "refunds",
  {
    concertId: uuid().notNull(),
    id: uuid().notNull(),
    reservationId: uuid().notNull(),
    userId: uuid().notNull(),
    seats: jsonb().$type<ReservedSeat[]>().notNull(),
    amount: amount().notNull(),
    currency: text().notNull(),
    /** The organiser who gave it, and why; null where the fan asked under the concert's rule. */
    madeBy: uuid(),
    reason: text(),
    refundedAt: instant().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.concertId, t.id] }),
    index("refunds_reservation_idx").on(t.concertId, t.reservationId),
    foreignKey({ columns: [t.concertId, t.reservationId], foreignColumns: [reservations.concertId, reservations.id] }),
    check("refunds_amount_check", sql`${t.amount} >= 0`),
    check("refunds_reason_check", sql`(${t.madeBy} is null) = (${t.reason} is null)`),
  ],
);

/** The tickets of a refund. Its key is the last line of defence: a ticket's price goes back once. */
export const refundedTickets = pgTable(
  "refunded_tickets",
  {
    concertId: uuid().notNull(),
    ticketId: uuid().notNull(),
    refundId: uuid().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.concertId, t.ticketId] }),
    foreignKey({ columns: [t.concertId, t.ticketId], foreignColumns: [tickets.concertId, tickets.id] }),
    foreignKey({ columns: [t.concertId, t.refundId], foreignColumns: [refunds.concertId, refunds.id] }),
  ],
);
