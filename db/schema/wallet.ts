import { sql } from "drizzle-orm";
import { check, date, index, integer, pgTable, primaryKey, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { LEDGER_ACCOUNTS, LEDGER_KINDS } from "../constants";
import { users } from "./auth";
import { amount, instant } from "./columns";

export const wallets = pgTable(
  "wallets",
  {
    userId: uuid()
      .primaryKey()
      .references(() => users.id),
    balance: amount().notNull().default(0),
    currency: text().notNull(),
    /** The last day (of `TOP_UP_TIME_ZONE`) on which money was added, and how much on it, for the daily limit. */
    topUpDay: date({ mode: "string" }),
    topUpDayAmount: amount().notNull().default(0),
  },
  (t) => [check("wallets_balance_check", sql`${t.balance} >= 0`)],
);

/** Append-only. The entries of one transfer sum to zero; a wallet's balance is the sum of its `wallet` entries. */
export const ledgerEntries = pgTable(
  "ledger_entries",
  {
    userId: uuid()
      .notNull()
      .references(() => users.id),
    id: uuid().notNull(),
    transferId: uuid().notNull(),
    account: text({ enum: LEDGER_ACCOUNTS }).notNull(),
    kind: text({ enum: LEDGER_KINDS }).notNull(),
    /** Signed: what the account gains. */
    amount: amount().notNull(),
    /** The wallet's balance after it; null on the house's side. */
    balanceAfter: amount(),
    concertId: uuid(),
    reservationId: uuid(),
    /** Which refund of the reservation. */
    refundId: uuid(),
    /** Which top-up of a provider it credits or takes back. */
    topUpId: uuid(),
    /** Why an adjustment was made and by whom. */
    reason: text(),
    madeBy: uuid(),
    createdAt: instant().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.userId, t.id] }),
    index("ledger_entries_wallet_idx").on(t.userId, t.createdAt).where(sql`${t.account} = 'wallet'`),
    // Each of these moves money once, whatever else fails: a reservation's payment, a refund, a provider's top-up.
    uniqueIndex("ledger_entries_payment_key")
      .on(t.userId, t.reservationId, t.account)
      .where(sql`${t.kind} = 'payment'`),
    uniqueIndex("ledger_entries_refund_key").on(t.userId, t.refundId, t.account).where(sql`${t.refundId} is not null`),
    uniqueIndex("ledger_entries_top_up_key")
      .on(t.userId, t.topUpId, t.account)
      .where(sql`${t.kind} = 'top_up' and ${t.topUpId} is not null`),
    // What a fan owes is their sum: hardly anybody has any.
    index("ledger_entries_receivable_idx").on(t.userId).where(sql`${t.account} = 'receivable'`),
    check("ledger_entries_amount_check", sql`${t.amount} <> 0`),
    check(
      "ledger_entries_adjustment_check",
      sql`(${t.kind} = 'adjustment') = (${t.reason} is not null) and (${t.kind} = 'adjustment') = (${t.madeBy} is not null)`,
    ),
    check("ledger_entries_balance_check", sql`(${t.account} = 'wallet') = (${t.balanceAfter} is not null)`),
  ],
);

/** Answers kept for 24 hours, so that a retried call is answered as the first one was. */
export const idempotencyKeys = pgTable(
  "idempotency_keys",
  {
    userId: uuid()
      .notNull()
      .references(() => users.id),
    key: text().notNull(),
    /** SHA-256 (hex) over method, path and body. */
    requestHash: text().notNull(),
    status: integer().notNull(),
    body: text().notNull(),
    createdAt: instant().notNull(),
  },
  (t) => [primaryKey({ columns: [t.userId, t.key] }), index("idempotency_keys_age_idx").on(t.createdAt)],
);
