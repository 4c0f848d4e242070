import type { Db } from "./client";
import { statement } from "./client";
import journal from "./migrations/meta/_journal.json";

const newest = statement<{ newest: number | null }>(
  "readiness_newest_migration",
  "select max(created_at)::int8 as newest from drizzle.__drizzle_migrations",
);

/**
 * Whether the database answers and has every migration that this program knows (a newer one may be there already,
 * while servers are replaced one by one). Throws what the database throws.
 */
export async function isMigrated(db: Db): Promise<boolean> {
  const [row] = await newest(db, []);
  const wanted = Math.max(...journal.entries.map((entry) => entry.when));
  return (row?.newest ?? 0) >= wanted;
}
