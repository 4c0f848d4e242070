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

/**
 * A point that nobody passes before `count` have come to it, whatever comes later passes at once: what each did before
 * it was done before any went on. Callers that hold a connection must not be more than there are connections.
 */
export function meetingOf(count: number): () => Promise<void> {
  let come = 0;
  let open = () => {};
  const isOpen = new Promise<void>((resolve) => {
    open = resolve;
  });
  return () => {
    come += 1;
    if (come >= count) open();
    return isOpen;
  };
}

/** Waits until `count` sessions of this database stand before a lock, or it is over: a staged race can go on. */
export async function untilBlocked(db: Client, count: number, isOver = () => false): Promise<void> {
  while (!isOver()) {
    const { rows } = await db.execute<{ n: number }>(
      sql`select count(*) as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    );
    if (Number(rows[0]?.n) >= count) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
