import { type Client, statement } from "@/db/client";
import { forgetAdmission } from "./admission";
import { HISTORY_BUCKET } from "./history";
import { knownLine } from "./line";
import { lockRoom } from "./lock-room";
import type { QueueClaims } from "./token";

const leave = statement<{ number: number | null; was_waiting: boolean }>(
  "queue_leave",
  `with before as (
     select status from queue_entries where concert_id = $1 and id = $2),
   gone as (
     update queue_entries set status = 'left', ended_at = now()
     where concert_id = $1 and id = $2 and user_id = $3 and status in ('lobby', 'waiting', 'admitted') returning number)
   select gone.number, before.status = 'waiting' as was_waiting from gone, before`,
);

const depart = statement<never>(
  "queue_depart",
  `with departed as (
     insert into queue_departures (concert_id, seq, number) values ($1, $2, $3)),
   counted as (
     insert into queue_history (concert_id, at, departed) values ($1, ${HISTORY_BUCKET}, 1)
     on conflict (concert_id, at) do update set departed = queue_history.departed + 1)
   update queues set departures = $2 where concert_id = $1`,
);

/** Gives a place up: those behind move on at once. Leaving again changes nothing. */
export async function leaveQueue(db: Client, claims: QueueClaims): Promise<void> {
  const { concertId, entryId, userId } = claims;
  const departed = await db.transaction(async (tx) => {
    const [room] = await lockRoom(tx, [concertId]);
    if (!room) return undefined;
    const [gone] = await leave(tx, [concertId, entryId, userId]);
    if (!gone?.was_waiting || gone.number === null) return undefined;
    await depart(tx, [concertId, room.departures + 1, gone.number]);
    return gone.number;
  });
  forgetAdmission(entryId);
  if (departed !== undefined) knownLine(db, concertId)?.note({ departed });
}
