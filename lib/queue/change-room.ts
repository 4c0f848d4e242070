import { eq, sql } from "drizzle-orm";
import type { Db } from "@/db/client";
import { queues } from "@/db/schema/queue";
import { notFound } from "@/lib/core/errors";
import type { RoomChange, RoomSettings } from "./schema";
import { settingsOf } from "./settings";

/**
 * Changes a waiting room's settings while it runs; the next admission of every process follows them, and polls say so
 * within a second. Admissions under way keep the length that they were given. Throws `not_found`.
 */
export async function changeRoom(
  db: Db,
  { concertId, change }: { concertId: string; change: RoomChange },
): Promise<RoomSettings> {
  const [row] = await db
    .update(queues)
    .set({ ...change, revision: sql`${queues.revision} + 1` })
    .where(eq(queues.concertId, concertId))
    .returning();
  if (!row) throw notFound("concert");
  return settingsOf(row);
}
