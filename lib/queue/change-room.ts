import { eq, sql } from "drizzle-orm";
import type { Client } from "@/db/client";
import { queues } from "@/db/schema/queue";
import { notFound } from "@/lib/core/errors";
import { difference, logChange } from "./log-change";
import type { RoomChange, RoomSettings } from "./schema";
import { settingsOf } from "./settings";

/**
 * Changes a waiting room's settings while it runs, and logs what changed. The next admission of every process follows
 * them (it reads the row under its lock), and polls say so within a second. Admissions under way keep the length that
 * they were given. Another mode ends a drain. `by` is the organiser's id. Throws `not_found`.
 */
export async function changeRoom(
  db: Client,
  { concertId, change, by = null }: { concertId: string; change: RoomChange; by?: string | null },
): Promise<RoomSettings> {
  return await db.transaction(async (tx) => {
    const [room] = await tx.select().from(queues).where(eq(queues.concertId, concertId)).for("update");
    if (!room) throw notFound("concert");
    const { before, after } = difference(room, change as Partial<typeof room>);
    if (Object.keys(after).length === 0) return settingsOf(room);
    const drain = "mode" in after ? { drainingSince: null, drainedAt: null } : {};
    const [changed] = await tx
      .update(queues)
      .set({ ...after, ...drain, revision: sql`${queues.revision} + 1` })
      .where(eq(queues.concertId, concertId))
      .returning();
    const kind = Object.keys(after).every((key) => key === "message") ? "message" : "settings";
    await logChange(tx, { concertId, by, kind, before, after });
    return settingsOf(changed as typeof room);
  });
}
