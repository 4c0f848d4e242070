import { type Client, statement } from "@/db/client";
import { AppError } from "@/lib/core/errors";
import { log } from "@/lib/core/log";
import { ADMITTED_NOW, explainRefusal, forgetAdmission, type PresentedToken } from "./admission";
import { admitLocked } from "./admit-next";
import { ENTRY_COLUMNS, type EntryRow, entryOf } from "./entry";
import { HISTORY_BUCKET } from "./history";
import { getLine } from "./line";
import { lockRoom } from "./lock-room";
import { DEFER_BY, MOST_DEFERRALS } from "./rules";
import type { QueueView } from "./schema";
import { viewOf } from "./view";

const defer = statement<EntryRow>(
  "queue_defer",
  `with first as (
     select number from queue_entries
     where concert_id = $1 and status = 'waiting' and deferred_to is null and number > $5 order by number limit ${DEFER_BY})
   update queue_entries e
   set status = 'waiting', deferrals = e.deferrals + 1, deferred_to = coalesce((select max(number) from first), e.number),
       admitted_at = null, admitted_until = null
   where e.concert_id = $1 and e.id = $2 and e.user_id = $3 and e.token_generation = $4 and ${ADMITTED_NOW}
     and e.claimed_at is null and e.invitation_id is null and e.deferrals < ${MOST_DEFERRALS}
   returning ${ENTRY_COLUMNS}`,
);

/** The turn is taken back: it counts again when it comes again. */
const count = statement<never>(
  "queue_count_deferred",
  `with counted as (
     insert into queue_history (concert_id, at, deferred) values ($1, ${HISTORY_BUCKET}, 1)
     on conflict (concert_id, at) do update set deferred = queue_history.deferred + 1)
   update queues set admissions = admissions - 1 where concert_id = $1`,
);

/**
 * Lets the next five in line go before a fan whose turn has come but who has not come in yet. The slot goes on in the
 * same transaction; the fan comes back by the ticker, ahead of everyone else, once none of the five waits any more.
 * The number stays. Throws what the gate throws, and `conflict` for a fan who has come in already, was invited or has
 * done so twice.
 */
export async function deferTurn(db: Client, presented: PresentedToken): Promise<QueueView> {
  const { concertId, entryId, userId, generation } = presented;
  const { entry, servedThrough } = await db.transaction(async (tx) => {
    const [room] = await lockRoom(tx, [concertId]);
    const [row] = await defer(tx, [concertId, entryId, userId, generation, room?.served_through]);
    if (!room || !row) {
      await explainRefusal(tx, presented);
      throw new AppError("conflict", "You have come in already, or have let others go first as often as one may.");
    }
    await count(tx, [concertId]);
    const admitted = await admitLocked(tx, concertId, room);
    return { entry: entryOf(row), servedThrough: Math.max(room.served_through, admitted.servedThrough) };
  });
  forgetAdmission(entryId);
  log("info", "queue.deferred", { concertId, entryId, number: entry.number, deferrals: entry.deferrals });
  const line = await getLine(db, concertId);
  line.note({ servedThrough });
  return viewOf(line, entry);
}
