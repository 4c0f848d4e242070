import { index, integer, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { ROLES } from "../constants";
import { instant } from "./columns";

export const users = pgTable("users", {
  id: uuid().primaryKey(),
  email: text().notNull(),
  name: text().notNull(),
  /** Argon2id, or null for an account that signs in by token only. */
  passwordHash: text(),
  role: text({ enum: ROLES }).notNull().default("fan"),
  createdAt: instant().notNull().defaultNow(),
});

/** Keeps addresses unique across a cluster, where `users` is spread by id. Lower case. */
export const userEmails = pgTable("user_emails", {
  email: text().primaryKey(),
  userId: uuid().notNull(),
});

/** Sessions ended before their time; every process reads the recent ones once a second. */
export const revokedSessions = pgTable(
  "revoked_sessions",
  {
    userId: uuid().notNull(),
    sessionId: uuid().notNull(),
    revokedAt: instant().notNull(),
    expiresAt: instant().notNull(),
  },
  (t) => [primaryKey({ columns: [t.userId, t.sessionId] }), index("revoked_sessions_recent_idx").on(t.revokedAt)],
);

/** How often something was tried in its current window, shared by all processes. */
export const rateLimits = pgTable("rate_limits", {
  key: text().primaryKey(),
  windowStart: instant().notNull(),
  count: integer().notNull(),
});
