import { sql } from "drizzle-orm";
import { boolean, check, index, integer, jsonb, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { RESERVATION_STATUSES } from "../constants";
import { amount, instant } from "./columns";

/** A seat as it was promised: its place and the price locked at the hold. */
export type ReservedSeat = { id: string; section: string; row: number; number: number; tier: string; price: number };

/**
 * One thing that is held, then paid. No foreign key to its performance: every hold would lock that one row (FOR KEY
 * SHARE), and the seats, which have the key, are taken in the same statement.
 */
export const reservations = pgTable(
  "reservations",
  {
    concertId: uuid().notNull(),
    id: uuid().notNull(),
    userId: uuid().notNull(),
    performanceId: uuid().notNull(),
    /** The admission that it was made in; of an offer, the waitlist's entry. */
    entryId: uuid().notNull(),
    status: text({ enum: RESERVATION_STATUSES }).notNull(),
    /** What the fan has of it; of a refunded one, what went back last. */
    seats: jsonb().$type<ReservedSeat[]>().notNull(),
    /** Seats that were paid and given back since, while others of the reservation stayed. */
    refundedSeats: jsonb().$type<ReservedSeat[]>().notNull().default([]),
    seatCount: integer().notNull(),
    /** The price of `seats`; with the prices of `refundedSeats`, what was paid. */
    amount: amount().notNull(),
    currency: text().notNull(),
    createdAt: instant().notNull(),
    expiresAt: instant().notNull(),
    /** How often its hold was extended. */
    extensions: integer().notNull().default(0),
    /** Made for a fan on the waitlist; may be paid without an admission. */
    offered: boolean().notNull().default(false),
    paidAt: instant(),
    endedAt: instant(),
  },
  (t) => [
    primaryKey({ columns: [t.concertId, t.id] }),
    index("reservations_fan_idx").on(t.userId, t.createdAt),
    index("reservations_concert_fan_idx").on(t.concertId, t.userId),
    check("reservations_seat_count_check", sql`${t.seatCount} = jsonb_array_length(${t.seats}) and ${t.seatCount} > 0`),
    check("reservations_paid_check", sql`${t.status} not in ('paid', 'refunded') or ${t.paidAt} is not null`),
  ],
);
