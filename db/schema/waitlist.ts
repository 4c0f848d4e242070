import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  check,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { WAITLIST_STATUSES } from "../constants";
import { instant } from "./columns";

/**
 * One row per performance that was ever waited for. Whoever adds to the list or offers seats to it locks this row, so
 * that numbers follow commit order and one process at a time makes offers.
 */
export const waitlists = pgTable(
  "waitlists",
  {
    concertId: uuid().notNull(),
    performanceId: uuid().notNull(),
    /** The last number given. */
    lastNumber: bigint({ mode: "number" }).notNull(),
    /** Somebody is waiting, or was offered seats that are not yet paid. */
    isLive: boolean().notNull(),
    /** When seats were last looked for. */
    checkedAt: instant().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.concertId, t.performanceId] }),
    index("waitlists_live_idx").on(t.concertId, t.performanceId).where(sql`${t.isLive}`),
  ],
);

/**
 * One fan's wish for seats of a sold-out performance; at most one live one per fan and performance. An offer is a
 * reservation in the fan's name (`reservationId`), and the entry ends as that reservation does.
 */
export const waitlistEntries = pgTable(
  "waitlist_entries",
  {
    concertId: uuid().notNull(),
    id: uuid().notNull(),
    performanceId: uuid().notNull(),
    userId: uuid().notNull(),
    /** The place given on joining; never changes. */
    number: bigint({ mode: "number" }).notNull(),
    /** How many seats, side by side as the best available are. */
    seatCount: integer().notNull(),
    /** A price tier's name, or null for any. */
    tier: text(),
    status: text({ enum: WAITLIST_STATUSES }).notNull(),
    joinedAt: instant().notNull(),
    reservationId: uuid(),
    offeredAt: instant(),
    endedAt: instant(),
  },
  (t) => [
    primaryKey({ columns: [t.concertId, t.id] }),
    uniqueIndex("waitlist_entries_live_key")
      .on(t.concertId, t.performanceId, t.userId)
      .where(sql`${t.status} in ('waiting', 'offered')`),
    uniqueIndex("waitlist_entries_number_key").on(t.concertId, t.performanceId, t.number),
    index("waitlist_entries_live_idx")
      .on(t.concertId, t.performanceId, t.status, t.number)
      .where(sql`${t.status} in ('waiting', 'offered')`),
    index("waitlist_entries_fan_idx").on(t.userId, t.joinedAt),
    check("waitlist_entries_count_check", sql`${t.seatCount} > 0`),
    check("waitlist_entries_offer_check", sql`${t.status} <> 'offered' or ${t.reservationId} is not null`),
  ],
);
