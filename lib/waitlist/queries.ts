import { type Db, statement } from "@/db/client";
import { invalidRequest, notFound } from "@/lib/core/errors";
import { isId } from "@/lib/core/ids";
import { type EntryRow, entryOf, READ_ENTRY } from "./entry";
import type { WaitlistEntry } from "./schema";

const readLatest = statement<EntryRow>(
  "waitlist_read_latest",
  `${READ_ENTRY} where e.concert_id = $1 and e.performance_id = $2 and e.user_id = $3 order by e.number desc limit 1`,
);

/** A fan's place on a performance's waitlist, or how the last one ended. Throws `not_found`. */
export async function getWaitlistEntry(
  db: Db,
  { concertId, performanceId, userId }: { concertId: string; performanceId: string; userId: string },
): Promise<WaitlistEntry> {
  const isNamed = isId(concertId) && isId(performanceId);
  const [row] = isNamed ? await readLatest(db, [concertId, performanceId, userId]) : [];
  if (!row) throw notFound("place on the waitlist");
  return entryOf(row);
}

const readPage = statement<EntryRow>(
  "waitlist_read_page",
  `${READ_ENTRY}
   where e.user_id = $1 and ($2::uuid is null or (e.joined_at, e.id) < (
     (select joined_at from waitlist_entries where user_id = $1 and id = $2), $2))
   order by e.joined_at desc, e.id desc limit $3`,
);

/** A fan's places on all waitlists, newest first; `cursor` is the last id of the page before. */
export async function listWaitlistEntries(
  db: Db,
  { userId, limit, cursor }: { userId: string; limit: number; cursor?: string | undefined },
): Promise<{ items: WaitlistEntry[]; nextCursor: string | null }> {
  if (cursor !== undefined && !isId(cursor)) throw invalidRequest([{ path: "cursor", message: "is not a cursor" }]);
  const rows = await readPage(db, [userId, cursor ?? null, limit + 1]);
  const items = rows.slice(0, limit).map(entryOf);
  return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}
