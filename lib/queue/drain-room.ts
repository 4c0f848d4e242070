import { eq, sql } from "drizzle-orm";
import { type Client, type Db, statement } from "@/db/client";
import { queues } from "@/db/schema/queue";
import { notFound } from "@/lib/core/errors";
import { newId } from "@/lib/core/ids";
import { logChange } from "./log-change";
import type { RoomSettings } from "./schema";
import { settingsOf } from "./settings";

/**
 * Lets a line run out: from now on nobody joins, everyone who is in line still gets a turn within the limits, and when
 * the last one inside is done the room writes down that it is empty and stays closed. A room that drains already goes
 * on; any other mode ends the drain. `by` is the organiser's id. Throws `not_found`.
 */
export async function drainRoom(
  db: Client,
  { concertId, by }: { concertId: string; by: string | null },
): Promise<RoomSettings> {
  return await db.transaction(async (tx) => {
    const [room] = await tx.select().from(queues).where(eq(queues.concertId, concertId)).for("update");
    if (!room) throw notFound("concert");
    if (room.drainingSince && room.mode === "closed") return settingsOf(room);
    const [changed] = await tx
      .update(queues)
      .set({ mode: "closed", drainingSince: sql`now()`, drainedAt: null, revision: sql`${queues.revision} + 1` })
      .where(eq(queues.concertId, concertId))
      .returning();
    await logChange(tx, { concertId, by, kind: "drain", before: { mode: room.mode }, after: { mode: "closed" } });
    return settingsOf(changed as typeof room);
  });
}

/** One condition decides, so that of several processes one writes the line of the log. */
const markDrained = statement<never>(
  "queue_mark_drained",
  `with done as (
     update queues set drained_at = now(), revision = revision + 1
     where concert_id = $1 and draining_since is not null and drained_at is null
       and last_number - admissions - departures <= 0 and lobby <= 0
       and not exists (select 1 from queue_entries where concert_id = $1 and status = 'admitted')
     returning draining_since, drained_at)
   insert into queue_changes (concert_id, id, kind, before, after)
   select $1, $2, 'drained', jsonb_build_object('drainingSince', draining_since), jsonb_build_object('drainedAt', drained_at)
   from done`,
);

/** Writes down that a draining room is empty, if it is; under the room's lock. */
export async function finishDrain(tx: Db, concertId: string): Promise<void> {
  await markDrained(tx, [concertId, newId()]);
}
