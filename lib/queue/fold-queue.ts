import { type Client, type Db, statement } from "@/db/client";
import { lockRoom } from "./lock-room";

/** A fan may still ask about a place for so long after everything is over. */
const KEPT = "1 day";

/** In SQL, of `queues q`: the sale has closed or the last performance is past, and nobody has a place any more. */
const IS_ENDED = `
  (q.closes_at < now() - interval '${KEPT}'
    or not exists (select 1 from performances p where p.concert_id = q.concert_id and p.starts_at > now() - interval '${KEPT}'))
  and not exists (select 1 from queue_entries e
                  where e.concert_id = q.concert_id and e.status in ('lobby', 'waiting', 'admitted'))`;

const findEnded = statement<{ concert_id: string }>(
  "queue_find_ended",
  `select q.concert_id from queues q
   where ${IS_ENDED}
     and (exists (select 1 from queue_entries e where e.concert_id = q.concert_id)
       or exists (select 1 from queue_departures d where d.concert_id = q.concert_id))
   limit 1`,
);

/**
 * Asks again whether it is over: between two steps an organiser may have added a date, and somebody joined. In the order
 * of the key, whose index skips what earlier steps removed; the table itself would be read past it each time.
 */
const removeEntries = statement<{ removed: number }>(
  "queue_remove_entries",
  `with ended as (
     select e.id from queue_entries e
     where e.concert_id = $1 and exists (select 1 from queues q where q.concert_id = $1 and ${IS_ENDED})
       and e.status in ('completed', 'left', 'expired')
     order by e.id limit $2 for update of e skip locked),
   gone as (
     delete from queue_entries e using ended where e.concert_id = $1 and e.id = ended.id returning 1)
   update queues set folded = folded + (select count(*) from gone) where concert_id = $1
   returning (select count(*) from gone) as removed`,
);

/** Nobody waits, so nobody at or before the last number does: the departures up to it are of no more use. */
const serveThrough = statement<never>(
  "queue_serve_ended",
  `update queues q set served_through = last_number
   where concert_id = $1 and served_through < last_number and ${IS_ENDED}`,
);

const removeDepartures = statement<{ seq: number }>(
  "queue_remove_departures",
  `delete from queue_departures where concert_id = $1 and seq in (
     select seq from queue_departures
     where concert_id = $1 and number <= (select served_through from queues where concert_id = $1)
     order by seq limit $2)
   returning seq`,
);

/**
 * Removes at most `limit` rows of one queue that has ended. What they stood for is in the room's totals and history, so
 * its numbers stay as they are; reservations, tickets, the draw's places and the log are not touched. Stopped at any
 * point and by any number of processes it goes on from there. Answers how many rows went; 0 when nothing is left.
 */
export async function foldQueue(db: Client, limit = 1000): Promise<number> {
  const [ended] = await findEnded(db, []);
  if (!ended) return 0;
  const [entries] = await removeEntries(db, [ended.concert_id, limit]);
  if (entries && entries.removed > 0) return entries.removed;
  return await db.transaction((tx) => removeRest(tx, ended.concert_id, limit));
}

async function removeRest(tx: Db, concertId: string, limit: number): Promise<number> {
  // Against joins, whose numbers must not be taken for served.
  await lockRoom(tx, [concertId]);
  await serveThrough(tx, [concertId]);
  return (await removeDepartures(tx, [concertId, limit])).length;
}
