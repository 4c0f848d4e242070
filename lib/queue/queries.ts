import { and, desc, eq, lt } from "drizzle-orm";
import { type Db, statement } from "@/db/client";
import { queueChanges, queues } from "@/db/schema/queue";
import { invalidRequest, notFound } from "@/lib/core/errors";
import { isId } from "@/lib/core/ids";
import { WAITING } from "./history";
import type { LoggedChange, QueueStats, RoomSettings } from "./schema";
import { settingsOf } from "./settings";
import { addWaits, waitPercentile } from "./wait-rules";

/** A waiting room's settings, as its organiser sees them. Throws `not_found`. */
export async function getRoom(db: Db, concertId: string): Promise<RoomSettings> {
  const [row] = await db.select().from(queues).where(eq(queues.concertId, concertId));
  if (!row) throw notFound("concert");
  return settingsOf(row);
}

type StatsRow = {
  waiting: number;
  admitted: number;
  completed: number;
  left: number;
  expired: number;
  admitted_lately: number;
  waits: (number[] | null)[] | null;
};

/**
 * From the room's totals and the few rows of those inside, whatever the length of the line. Every turn that came up is
 * still on, was left, ran out or was completed: the last of these is counted by the others, so that a payment never
 * waits for the room's lock.
 */
const readStats = statement<StatsRow>(
  "queue_read_stats",
  `select ${WAITING} as waiting, e.live as admitted,
          greatest(0, q.admissions + q.invited - e.rows - q.left_inside - q.expired) as completed,
          q.departures - q.invited + q.left_lobby + q.left_inside as left,
          q.expired + e.rows - e.live as expired, h.admitted_lately, w.waits
   from queues q,
     lateral (select count(*) as rows, count(*) filter (where admitted_until > now()) as live
              from queue_entries where concert_id = $1 and status = 'admitted') e,
     lateral (select coalesce(sum(admitted), 0)::int as admitted_lately
              from queue_history where concert_id = $1 and at > now() - interval '60 seconds') h,
     lateral (select json_agg(waits) as waits
              from queue_history where concert_id = $1 and at > now() - interval '10 minutes' and admitted > 0) w
   where q.concert_id = $1`,
);

/** A line's numbers for its organiser, at a cost that does not grow with the line. Throws `not_found`. */
export async function queueStats(db: Db, concertId: string): Promise<QueueStats> {
  const [row] = await readStats(db, [concertId]);
  if (!row) throw notFound("concert");
  const waits: number[] = [];
  for (const counts of row.waits ?? []) addWaits(waits, counts);
  return {
    waiting: row.waiting,
    admitted: row.admitted,
    completed: row.completed,
    left: row.left,
    expired: row.expired,
    admittedPerMinute: row.admitted_lately,
    waitSecondsP50: waitPercentile(waits, 0.5),
    waitSecondsP90: waitPercentile(waits, 0.9),
  };
}

/** A waiting room's log, newest first; `cursor` is the last id of the page before. */
export async function listRoomChanges(
  db: Db,
  { concertId, limit, cursor }: { concertId: string; limit: number; cursor?: string | undefined },
): Promise<{ items: LoggedChange[]; nextCursor: string | null }> {
  if (cursor !== undefined && !isId(cursor)) throw invalidRequest([{ path: "cursor", message: "is not a cursor" }]);
  const rows = await db
    .select()
    .from(queueChanges)
    .where(and(eq(queueChanges.concertId, concertId), cursor === undefined ? undefined : lt(queueChanges.id, cursor)))
    .orderBy(desc(queueChanges.id))
    .limit(limit + 1);
  const items = rows.slice(0, limit).map(({ id, at, userId, kind, before, after }) => ({
    id,
    at: at.toISOString(),
    userId,
    kind,
    before,
    after,
  }));
  return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}
