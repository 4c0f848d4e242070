import { type Client, statement } from "@/db/client";
import { forgetAdmission } from "./admission";
import { departNumber } from "./depart-number";
import { knownLine } from "./line";
import { lockRoom } from "./lock-room";
import type { QueueClaims } from "./token";

const leave = statement<{ number: number | null; was_waiting: boolean }>(
  "queue_leave",
  `with before as (
     select status from queue_entries where concert_id = $1 and id = $2),
   gone as (
     update queue_entries set status = 'left', ended_at = now()
     where concert_id = $1 and id = $2 and user_id = $3 and status in ('lobby', 'waiting', 'admitted') returning number),
   counted as (
     update queues
     set lobby = lobby - (before.status = 'lobby')::int, left_lobby = left_lobby + (before.status = 'lobby')::int,
         left_inside = left_inside + (before.status = 'admitted')::int
     from before, gone where concert_id = $1 and before.status <> 'waiting')
   select gone.number, before.status = 'waiting' as was_waiting from gone, before`,
);

/** Gives a place up: those behind move on at once. Leaving again changes nothing. */
export async function leaveQueue(db: Client, claims: QueueClaims): Promise<void> {
  const { concertId, entryId, userId } = claims;
  const departed = await db.transaction(async (tx) => {
    const [room] = await lockRoom(tx, [concertId]);
    if (!room) return undefined;
    const [gone] = await leave(tx, [concertId, entryId, userId]);
    if (!gone?.was_waiting || gone.number === null) return undefined;
    await departNumber(tx, { concertId, seq: room.departures + 1, number: gone.number });
    return gone.number;
  });
  forgetAdmission(entryId);
  if (departed !== undefined) knownLine(db, concertId)?.note({ departed });
}
