import { fileURLToPath } from "node:url";
import { drizzle } from "drizzle-orm/node-postgres";
import { migrate } from "drizzle-orm/node-postgres/migrator";
import pg from "pg";

const FOLDER = fileURLToPath(new URL("./migrations", import.meta.url));

// Any number that no other program on the same database is likely to use.
const MIGRATION_LOCK = 7_240_119;

/**
 * Brings a database up to the newest migration. Several processes may start at once: one migrates, the others wait.
 * (An advisory lock is enough here: it guards a convenience, and the migrations' own table stays the truth.)
 */
export async function migrateDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000 });
  await client.connect();
  try {
    await client.query("select pg_advisory_lock($1)", [MIGRATION_LOCK]);
    await migrate(drizzle(client), { migrationsFolder: FOLDER });
  } finally {
    await client.end();
  }
}
