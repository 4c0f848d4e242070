import type { queues } from "@/db/schema/queue";
import type { RoomSettings } from "./schema";

/** A room's row as its organiser sees it. */
export const settingsOf = (row: typeof queues.$inferSelect): RoomSettings => ({
  mode: row.mode,
  order: row.order,
  activeLimit: row.activeLimit,
  admissionsPerMinute: row.admissionsPerMinute,
  sessionSeconds: row.sessionSeconds,
  claimSeconds: row.claimSeconds,
  challengeAbove: row.challengeAbove,
  challengeBits: row.challengeBits,
  message: row.message,
  drainingSince: row.drainingSince?.toISOString() ?? null,
  drainedAt: row.drainedAt?.toISOString() ?? null,
  opensAt: row.opensAt.toISOString(),
  revision: row.revision,
});
