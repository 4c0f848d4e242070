import { sql } from "drizzle-orm";
import type { Client } from "@/db/client";
import { HISTORY_BUCKET } from "../history";

/** What a test does in a moment, in milliseconds, on a busy machine. */
const ROOM = 3000;

/** Waits for the next ten seconds of the history if these are nearly over: what follows at once falls into one row. */
export async function earlyInBucket(db: Client): Promise<void> {
  const { rows } = await db.execute<{ left: number }>(
    sql`select extract(epoch from ${sql.raw(HISTORY_BUCKET)} + interval '10 seconds' - now())::float8 * 1000 as left`,
  );
  const left = rows[0]?.left ?? 0;
  if (left < ROOM) await new Promise((resolve) => setTimeout(resolve, left + 1));
}
