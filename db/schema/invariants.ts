import { integer, jsonb, pgTable, text } from "drizzle-orm/pg-core";
import { instant } from "./columns";

/**
 * When the invariants were last checked in the background and what came out. Of all processes the one that moves
 * `due_at` on makes the next check. One row; on a cluster a reference table.
 */
export const invariantChecks = pgTable("invariant_checks", {
  /** `all`: the check of everything. */
  name: text().primaryKey(),
  dueAt: instant().notNull(),
  checkedAt: instant(),
  tookMs: integer(),
  /** How many rows each broken invariant has, by its name; empty when all is well. */
  broken: jsonb().$type<Record<string, number>>().notNull().default({}),
});
