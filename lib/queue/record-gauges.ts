import { type Db, statement } from "@/db/client";
import { countSeatsLeft } from "@/lib/catalog/queries";
import { HISTORY_BUCKET, INSIDE, WAITING } from "./history";
import { knownLine } from "./line";

/** Rooms in which something happened within the last minute, or somebody waits or is inside, and nobody looked yet. */
const findDue = statement<{ concert_id: string }>(
  "queue_find_gauges_due",
  `select q.concert_id from queues q
   where (${WAITING} > 0
       or exists (select 1 from queue_entries e where e.concert_id = q.concert_id and e.status = 'admitted')
       or exists (select 1 from queue_history h
                  where h.concert_id = q.concert_id and h.at > now() - interval '60 seconds'
                    and (h.joined > 0 or h.admitted > 0 or h.departed > 0 or h.expired > 0 or h.waiting > 0 or h.inside > 0)))
     and not exists (select 1 from queue_history h
                     where h.concert_id = q.concert_id and h.at = ${HISTORY_BUCKET} and h.waiting is not null)`,
);

// The room first, then its history, as joins do: the foreign key's own check would ask for the room after the row was
// made, and of a join and this each would wait for the other.
const record = statement<never>(
  "queue_record_gauges",
  `insert into queue_history (concert_id, at, waiting, inside, seats_left)
   select $1, ${HISTORY_BUCKET}, ${WAITING}, ${INSIDE}, $2::int from queues q where q.concert_id = $1 for key share
   on conflict (concert_id, at) do update
   set waiting = excluded.waiting, inside = excluded.inside, seats_left = excluded.seats_left
   where queue_history.waiting is null`,
);

/**
 * Writes once into each ten seconds of every busy room's history how many wait, how many are inside and how many seats
 * are left, from counters alone. Whichever process comes first does it. A room that went quiet is followed for another
 * minute, so that its last points are zero. Answers how many rooms were looked at.
 */
export async function recordGauges(db: Db): Promise<number> {
  const due = await findDue(db, []);
  for (const { concert_id } of due) {
    // Counted for the polls a moment ago where somebody asks about the line.
    const line = knownLine(db, concert_id);
    await record(db, [concert_id, line?.isFresh ? line.seatsLeft : await countSeatsLeft(db, concert_id)]);
  }
  return due.length;
}
