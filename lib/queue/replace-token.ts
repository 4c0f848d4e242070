import { type Client, statement } from "@/db/client";
import { notFound } from "@/lib/core/errors";
import { forgetAdmission } from "./admission";
import { countAttempts, tooManyAttempts } from "./attempts";
import { ENTRY_COLUMNS, type EntryRow, entryOf } from "./entry";
import { getLine } from "./line";
import { lockRoom } from "./lock-room";
import { TOKEN_LIMIT } from "./rules";
import type { QueueView } from "./schema";
import { tokenOf, viewOf } from "./view";

const replace = statement<EntryRow>(
  "queue_replace_token",
  `update queue_entries set token_generation = token_generation + 1
   where concert_id = $1 and user_id = $2 and status in ('lobby', 'waiting', 'admitted')
     and (status <> 'admitted' or admitted_until > now())
   returning ${ENTRY_COLUMNS}`,
);

const announce = statement<never>(
  "queue_announce_revocation",
  `with revoked as (
     insert into queue_revocations (concert_id, seq, number, generation) values ($1, $2, $3, $4))
   update queues set revocations = $2 where concert_id = $1`,
);

/**
 * Gives a fan a new queue token for the place that the fan has, and refuses every earlier one: here at once, in other
 * processes within two seconds. Throws `not_found` without a place in this line, and `rate_limited`.
 */
export async function replaceToken(
  db: Client,
  { concertId, userId }: { concertId: string; userId: string },
): Promise<QueueView> {
  const entry = await db.transaction(async (tx) => {
    const [room] = await lockRoom(tx, [concertId]);
    if (!room) throw notFound("concert");
    const [row] = await replace(tx, [concertId, userId]);
    if (!row) throw notFound("place in line");
    const key = `token:${userId}`;
    const counted = (await countAttempts(tx, concertId, [{ key, count: 1, ...TOKEN_LIMIT }])).get(key);
    if (counted && counted.count > TOKEN_LIMIT.limit) throw tooManyAttempts(counted.retryAfter);
    // Places without a number, and turns that have come, are looked up with every call; those in line are not.
    if (row.status === "waiting" && row.number !== null) {
      await announce(tx, [concertId, room.revocations + 1, row.number, row.token_generation]);
    }
    return entryOf(row);
  });
  forgetAdmission(entry.id);
  const line = await getLine(db, concertId);
  if (entry.status === "waiting" && entry.number !== null) line.noteReplaced(entry.number, entry.generation);
  return { token: tokenOf(concertId, entry), ...viewOf(line, entry) };
}
