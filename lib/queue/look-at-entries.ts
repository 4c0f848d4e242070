import type { Client } from "@/db/client";
import { lookIfUnknown } from "@/db/keep-statistics";
import { errorFields, log } from "@/lib/core/log";
import { oncePerProcess } from "@/lib/core/registry";

/** By when PostgreSQL has to know of those who joined a line through this process. */
const FIRST_LOOK = 250;

type Joined = { count: number; next: number };

const lines = () => oncePerProcess("queue.looks", () => new WeakMap<object, Map<string, Joined>>());

/**
 * Tells that so many more joined. A sale may open on a table that PostgreSQL has last seen empty: its plan then reads the whole
 * line for each of those who join. Joins took up to 130 ms instead of 6 until the statistics came two seconds later.
 */
export function lookAtEntries(db: Client, concertId: string, joined: number): void {
  const ofDb = lines().get(db) ?? new Map<string, Joined>();
  lines().set(db, ofDb);
  const line = ofDb.get(concertId) ?? { count: 0, next: FIRST_LOOK };
  ofDb.set(concertId, line);
  line.count += joined;
  if (line.count < line.next) return;
  line.next = line.count * 8;
  lookIfUnknown(db, "queue_entries", line.count).catch((error) =>
    log("warn", "queue.entries-not-looked-at", { concertId, ...errorFields(error) }),
  );
}
