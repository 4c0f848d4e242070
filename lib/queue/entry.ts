import { statement } from "@/db/client";
import type { QueueStatus } from "@/db/constants";
import { perConcert } from "./per-concert";

/** A row of `queue_entries` with its status as of the database's clock: an admission past its end is `expired`. */
export type Entry = {
  id: string;
  userId: string;
  number: number | null;
  status: QueueStatus;
  enteredAt: Date;
  admittedAt: Date | null;
  admittedUntil: Date | null;
  claimedAt: Date | null;
  /** Tokens of an earlier generation are refused. */
  generation: number;
  /** How often the fan let others go first. */
  deferrals: number;
  /** While letting others go first: the number of the last of them. */
  deferredTo: number | null;
  /** Passed the line by invitation. */
  isInvited: boolean;
};

export type EntryRow = {
  id: string;
  user_id: string;
  number: number | null;
  status: QueueStatus;
  entered_at: Date;
  admitted_at: Date | null;
  admitted_until: Date | null;
  claimed_at: Date | null;
  token_generation: number;
  deferrals: number;
  deferred_to: number | null;
  is_invited: boolean;
};

/** The columns of an entry, for the statements of this module. */
export const ENTRY_COLUMNS = `id, user_id, number, entered_at, admitted_at, admitted_until, claimed_at,
  token_generation, deferrals, deferred_to, invitation_id is not null as is_invited,
  case when status = 'admitted' and admitted_until <= now() then 'expired' else status end as status`;

export const entryOf = (row: EntryRow): Entry => ({
  id: row.id,
  userId: row.user_id,
  number: row.number,
  status: row.status,
  enteredAt: row.entered_at,
  admittedAt: row.admitted_at,
  admittedUntil: row.admitted_until,
  claimedAt: row.claimed_at,
  generation: row.token_generation,
  deferrals: row.deferrals,
  deferredTo: row.deferred_to,
  isInvited: row.is_invited,
});

/** An entry that somebody has just made, or one that has waited since without anything else. */
export const waitingEntry = (
  entry: Pick<Entry, "id" | "userId" | "number" | "generation" | "enteredAt">,
  status: "lobby" | "waiting" = "waiting",
): Entry => ({
  id: entry.id,
  userId: entry.userId,
  number: entry.number,
  generation: entry.generation,
  enteredAt: entry.enteredAt,
  status,
  admittedAt: null,
  admittedUntil: null,
  claimedAt: null,
  deferrals: 0,
  deferredTo: null,
  isInvited: false,
});

// `offset 0` keeps each look-up one of its own: planned while the tables are empty, they would otherwise be read whole
// until statistics come (see docs/decisions).
const readEntries = statement<EntryRow>(
  "queue_read_entries",
  `select e.* from unnest($2::uuid[]) as asked (entry_id), lateral (
     select ${ENTRY_COLUMNS} from queue_entries where concert_id = $1 and id = asked.entry_id offset 0) e`,
);

/**
 * One entry from the database, or null. Those who ask while a read is under way share the next one, so a concert
 * has at most one of these reads in flight per process, and no answer is older than its question.
 */
export const readEntry = perConcert<string, Entry | null>("queue.entry-readers", async (db, concertId, ids) => {
  const rows = await readEntries(db, [concertId, ids]);
  const byId = new Map(rows.map((row) => [row.id, entryOf(row)]));
  return ids.map((id) => byId.get(id) ?? null);
});
