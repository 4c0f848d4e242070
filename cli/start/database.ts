import pg from "pg";
import { sqlState } from "@/db/errors";
import { StartFault } from "@/lib/core/start-fault";

/** Whether the database that DATABASE_URL names can be used. Throws `StartFault` that says what is wrong with it. */
export async function checkDatabase(url: string): Promise<void> {
  if (!URL.canParse(url))
    throw new StartFault("DATABASE_URL is not a valid address (postgres://user:password@host:port/database).");
  const { host, pathname, username } = new URL(url);
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000 });
  client.on("error", () => {});
  try {
    await client.connect();
  } catch (error) {
    const { code = "", message } = error as NodeJS.ErrnoException;
    const state = sqlState(error);
    if (state === "28P01" || state === "28000") {
      throw new StartFault(`DATABASE_URL: ${host} refuses the user ${username} or its password.`);
    }
    if (state === "3D000") throw new StartFault(`DATABASE_URL: ${host} has no database named ${pathname.slice(1)}.`);
    throw new StartFault(`DATABASE_URL: no PostgreSQL answers at ${host} (${state ?? (code || message)}).`);
  } finally {
    await client.end().catch(() => {});
  }
}
