import { sql } from "drizzle-orm";
import {
  boolean,
  check,
  foreignKey,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  unique,
  uuid,
} from "drizzle-orm/pg-core";
import { PAYMENT_PROVIDERS, TOP_UP_STATUSES } from "../constants";
import { users } from "./auth";
import { amount, instant } from "./columns";

/** Money that a fan set out to add by way of a provider. */
export const topUps = pgTable(
  "top_ups",
  {
    userId: uuid()
      .notNull()
      .references(() => users.id),
    id: uuid().notNull(),
    provider: text({ enum: PAYMENT_PROVIDERS }).notNull(),
    /** What was asked for. */
    amount: amount().notNull(),
    currency: text().notNull(),
    status: text({ enum: TOP_UP_STATUSES }).notNull().default("pending"),
    /** The `Idempotency-Key` it was asked with. */
    requestKey: text(),
    /** The provider's name for it, and where the fan pays; null until the provider has answered. */
    reference: text(),
    url: text(),
    /** What arrived; the same as `amount`, unless the provider says otherwise. */
    creditedAmount: amount(),
    createdAt: instant().notNull(),
    settledAt: instant(),
    /** When the provider is asked about it next, should nothing be heard; null once nothing is open. */
    checkAt: instant(),
    checks: integer().notNull().default(0),
  },
  (t) => [
    primaryKey({ columns: [t.userId, t.id] }),
    unique("top_ups_request_key").on(t.userId, t.requestKey),
    index("top_ups_check_idx").on(t.checkAt).where(sql`${t.checkAt} is not null`),
    index("top_ups_pending_idx").on(t.userId).where(sql`${t.status} = 'pending'`),
    check("top_ups_amount_check", sql`${t.amount} > 0`),
    check("top_ups_credited_check", sql`(${t.status} = 'credited') = (${t.creditedAmount} is not null)`),
  ],
);

/**
 * What a provider took back of a top-up: all refunds together, and each dispute. An amount replaces the one before it,
 * so that late and repeated messages come to the same sum.
 */
export const topUpReversals = pgTable(
  "top_up_reversals",
  {
    userId: uuid().notNull(),
    topUpId: uuid().notNull(),
    /** The dispute's id, or `refunds`. */
    reference: text().notNull(),
    amount: amount().notNull(),
    /** Decided: earlier messages that arrive late change nothing. */
    isFinal: boolean().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.userId, t.topUpId, t.reference] }),
    foreignKey({ columns: [t.userId, t.topUpId], foreignColumns: [topUps.userId, topUps.id] }),
    check("top_up_reversals_amount_check", sql`${t.amount} >= 0`),
  ],
);

/** Messages of a provider that have been acted upon: each counts once. */
export const providerEvents = pgTable(
  "provider_events",
  {
    userId: uuid().notNull(),
    eventId: text().notNull(),
    type: text().notNull(),
    topUpId: uuid().notNull(),
    receivedAt: instant().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.userId, t.eventId] }),
    foreignKey({ columns: [t.userId, t.topUpId], foreignColumns: [topUps.userId, topUps.id] }),
  ],
);
