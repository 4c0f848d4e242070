import { sql } from "drizzle-orm";
import type { Client } from "../client";

const GROUP = 20;

/** Makes `count` things, twenty at a time, so that preparing a crowd does not itself crowd the pool out. */
export async function crowd<T>(count: number, make: (at: number) => Promise<T>): Promise<T[]> {
  const made: T[] = [];
  while (made.length < count) {
    const size = Math.min(GROUP, count - made.length);
    made.push(...(await Promise.all(Array.from({ length: size }, (_, n) => make(made.length + n)))));
  }
  return made;
}

/** Waits until `count` sessions of this database stand before a lock: a staged race can go on. */
export async function untilBlocked(db: Client, count: number): Promise<void> {
  for (;;) {
    const { rows } = await db.execute<{ n: number }>(
      sql`select count(*) as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    );
    if (Number(rows[0]?.n) >= count) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
