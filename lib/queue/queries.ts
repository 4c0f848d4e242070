import { eq } from "drizzle-orm";
import { type Db, statement } from "@/db/client";
import { queues } from "@/db/schema/queue";
import { notFound } from "@/lib/core/errors";
import type { QueueStats, RoomSettings } from "./schema";
import { settingsOf } from "./settings";

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
  p50: number | null;
  p90: number | null;
};

const readStats = statement<StatsRow>(
  "queue_read_stats",
  `select e.*, h.admitted_lately, w.p50, w.p90
   from queues q,
     lateral (select count(*) filter (where status in ('waiting', 'lobby')) as waiting,
                     count(*) filter (where status = 'admitted' and admitted_until > now()) as admitted,
                     count(*) filter (where status = 'completed') as completed,
                     count(*) filter (where status = 'left') as left,
                     count(*) filter (where status = 'expired' or (status = 'admitted' and admitted_until <= now())) as expired
              from queue_entries where concert_id = $1) e,
     lateral (select coalesce(sum(admitted), 0)::int as admitted_lately
              from queue_history where concert_id = $1 and at > now() - interval '60 seconds') h,
     lateral (select round(percentile_cont(0.5) within group (order by seconds))::int as p50,
                     round(percentile_cont(0.9) within group (order by seconds))::int as p90
              from (select extract(epoch from admitted_at - entered_at)::float8 as seconds from queue_entries
                    where concert_id = $1 and admitted_at > now() - interval '10 minutes') lately) w
   where q.concert_id = $1`,
);

/** A line's numbers for its organiser. Throws `not_found`. */
export async function queueStats(db: Db, concertId: string): Promise<QueueStats> {
  const [row] = await readStats(db, [concertId]);
  if (!row) throw notFound("concert");
  return {
    waiting: row.waiting,
    admitted: row.admitted,
    completed: row.completed,
    left: row.left,
    expired: row.expired,
    admittedPerMinute: row.admitted_lately,
    waitSecondsP50: row.p50,
    waitSecondsP90: row.p90,
  };
}
