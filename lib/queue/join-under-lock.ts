import { type Client, type Db, statement } from "@/db/client";
import { notFound } from "@/lib/core/errors";
import { newId } from "@/lib/core/ids";
import { admitLocked } from "./admit-next";
import { checkDoor, type Joining } from "./check-door";
import { closeLobby } from "./draw-lobby";
import type { Entered } from "./enter-line";
import { ENTRY_COLUMNS, type Entry, type EntryRow, entryOf, waitingEntry } from "./entry";
import { HISTORY_BUCKET } from "./history";
import { lockRoom, type RoomRow } from "./lock-room";

const NOBODY: ReadonlyMap<string, Error> = new Map();

const findLive = statement<EntryRow>(
  "queue_find_live",
  `select ${ENTRY_COLUMNS} from queue_entries
   where concert_id = $1 and user_id = any($2::uuid[]) and status in ('lobby', 'waiting', 'admitted')`,
);

const endLapsed = statement<never>(
  "queue_end_lapsed",
  `with ended as (
     update queue_entries set status = 'expired', ended_at = admitted_until
     where concert_id = $1 and id = any($2::uuid[]) and status = 'admitted' and admitted_until <= now() returning 1),
   sums as (select count(*)::int as n from ended),
   counted as (
     insert into queue_history (concert_id, at, expired) select $1, ${HISTORY_BUCKET}, n from sums where n > 0
     on conflict (concert_id, at) do update set expired = queue_history.expired + excluded.expired)
   update queues set expired = expired + sums.n from sums where concert_id = $1 and sums.n > 0`,
);

const insertEntries = statement<{ entered_at: Date }>(
  "queue_insert_entries",
  `with entries as (
     insert into queue_entries (concert_id, id, user_id, number, status, entered_at)
     select $1, id, user_id, case when $6 then null else $4::int8 + place end, case when $6 then 'lobby' else 'waiting' end,
            date_trunc('milliseconds', now())
     from unnest($2::uuid[], $3::uuid[]) with ordinality as new (id, user_id, place)),
   counted as (
     insert into queue_history (concert_id, at, joined) values ($1, ${HISTORY_BUCKET}, $5::int)
     on conflict (concert_id, at) do update set joined = queue_history.joined + excluded.joined)
   update queues set last_number = case when $6 then last_number else $4::int8 + $5::int end,
                     lobby = lobby + case when $6 then $5::int else 0 end
   where concert_id = $1
   returning date_trunc('milliseconds', now()) as entered_at`,
);

const readAgain = statement<EntryRow>(
  "queue_read_joined",
  `select ${ENTRY_COLUMNS} from queue_entries where concert_id = $1 and id = any($2::uuid[])`,
);

/**
 * Places for different fans who join together, whatever the room is like and whoever they are: statement by statement
 * under the room's lock, in one durable transaction. Those in neither list are in `refused`, or the line is closed.
 * Throws `not_found`.
 */
export async function joinUnderLock(
  db: Client,
  concertId: string,
  fans: Joining[],
): Promise<Entered & { refused: ReadonlyMap<string, Error> }> {
  return await db.transaction(async (tx) => {
    const [room] = await lockRoom(tx, [concertId]);
    if (!room) throw notFound("concert");
    const known = await findKnown(
      tx,
      concertId,
      fans.map(({ userId }) => userId),
    );
    const mayJoin = room.mode !== "closed" && !room.is_closed;
    const newcomers = mayJoin ? fans.filter(({ userId }) => !known.has(userId)) : [];
    const refused = newcomers.length > 0 ? await checkDoor(tx, { db, concertId, room, newcomers }) : NOBODY;
    const users = newcomers.map(({ userId }) => userId).filter((userId) => !refused.has(userId));
    const fresh = users.length > 0 ? await enter(tx, concertId, room, users) : new Map<string, Entry>();
    return { lastNumber: room.last_number, servedThrough: room.served_through, known, fresh, refused };
  });
}

/** The live entries of these fans, after ending the admissions among them that are over; under the room's lock. */
export async function findKnown(tx: Db, concertId: string, userIds: string[]): Promise<Map<string, Entry>> {
  const entries = (await findLive(tx, [concertId, userIds])).map(entryOf);
  const lapsed = entries.filter((entry) => entry.status === "expired").map((entry) => entry.id);
  if (lapsed.length > 0) await endLapsed(tx, [concertId, lapsed]);
  return new Map(entries.filter((entry) => entry.status !== "expired").map((entry) => [entry.userId, entry]));
}

/** Gives the newcomers their places and, where the room is off, lets them in at once. Updates `room` as it goes. */
async function enter(tx: Db, concertId: string, room: RoomRow, userIds: string[]): Promise<Map<string, Entry>> {
  // The lobby's numbers come before the first latecomer's.
  if (room.draw_pending && room.is_open && !room.lobby_closed) await closeLobby(tx, concertId, room);
  const toLobby = room.draw_pending && !room.lobby_closed;
  const ids = userIds.map(newId);
  const first = room.last_number;
  const [row] = await insertEntries(tx, [concertId, ids, userIds, first, ids.length, toLobby]);
  if (!toLobby) room.last_number = first + ids.length;
  if (room.mode === "off" && !toLobby) {
    const { servedThrough } = await admitLocked(tx, concertId, room);
    room.served_through = Math.max(room.served_through, servedThrough);
    return new Map((await readAgain(tx, [concertId, ids])).map((again) => [again.user_id, entryOf(again)]));
  }
  return new Map(
    userIds.map((userId, at) => [
      userId,
      waitingEntry(
        {
          id: ids[at] as string,
          userId,
          number: toLobby ? null : first + at + 1,
          generation: 0,
          enteredAt: row?.entered_at as Date,
        },
        toLobby ? "lobby" : "waiting",
      ),
    ]),
  );
}
