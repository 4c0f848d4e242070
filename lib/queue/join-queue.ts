import { type Client, type Db, statement } from "@/db/client";
import { Batcher } from "@/lib/core/batcher";
import { notFound } from "@/lib/core/errors";
import { newId } from "@/lib/core/ids";
import { oncePerProcess } from "@/lib/core/registry";
import { admitLocked } from "./admit-next";
import { checkDoor, type Joining } from "./check-door";
import { drawIdOf } from "./draw-id";
import { closeLobby } from "./draw-lobby";
import { ENTRY_COLUMNS, type Entry, type EntryRow, entryOf, waitingEntry } from "./entry";
import { queueClosed } from "./errors";
import { HISTORY_BUCKET } from "./history";
import { getLine, knownLine } from "./line";
import { lockRoom, type RoomRow } from "./lock-room";
import { checkProof } from "./proof-of-work";
import type { QueueView } from "./schema";
import { tokenOf, viewOf } from "./view";

/** Joins that may wait in one process before the next one is told to come back: 50,000 are about five seconds' worth. */
const MOST_WAITING = 50_000;
const BATCH = 2000;

const NOBODY: ReadonlyMap<string, Error> = new Map();

type Joined = { created: boolean; entry: Entry };

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
 * Puts a fan at the end of a concert's line, or finds the place that the fan has already. Joins of one process that
 * arrive together share one durable transaction; numbers follow the order of commits, also across processes.
 * `address` is what limits per address count by, `proof` the proof of work that came along, if any.
 * Throws `queue_closed`, `not_found`, `unavailable`, and `rate_limited`, with a `challenge` where work helps.
 */
export async function joinQueue(
  db: Client,
  {
    concertId,
    userId,
    address = null,
    proof,
  }: { concertId: string; userId: string; address?: string | null; proof?: string | undefined },
): Promise<{ created: boolean; view: QueueView }> {
  const proven = proof ? checkProof(proof, { concertId, userId }) : null;
  const { created, entry } = await batcherOf(db, concertId).add({ userId, address, proof: proven });
  const line = await getLine(db, concertId);
  if (entry.number !== null) line.note({ lastNumber: entry.number });
  const view: QueueView = { token: tokenOf(concertId, entry), ...viewOf(line, entry) };
  const isOfLobby = entry.number === null || entry.number <= line.drawnThrough;
  if (line.order === "draw" && isOfLobby) view.drawId = drawIdOf(entry.id);
  return { created, view };
}

const batchers = () =>
  oncePerProcess("queue.joins", () => new WeakMap<object, Map<string, Batcher<Joining, Joined>>>());

function batcherOf(db: Client, concertId: string): Batcher<Joining, Joined> {
  const ofDb = batchers().get(db) ?? new Map<string, Batcher<Joining, Joined>>();
  batchers().set(db, ofDb);
  const batcher =
    ofDb.get(concertId) ??
    new Batcher<Joining, Joined>((fans) => joinTogether(db, concertId, fans), { batch: BATCH, waiting: MOST_WAITING });
  ofDb.set(concertId, batcher);
  return batcher;
}

async function joinTogether(db: Client, concertId: string, fans: Joining[]): Promise<(Joined | Error)[]> {
  const distinct = new Map<string, Joining>();
  for (const fan of fans) if (fan.proof || !distinct.has(fan.userId)) distinct.set(fan.userId, fan);
  const { room, known, fresh, refused } = await db.transaction(async (tx) => {
    const [room] = await lockRoom(tx, [concertId]);
    if (!room) throw notFound("concert");
    const known = await findKnown(tx, concertId, [...distinct.keys()]);
    const mayJoin = room.mode !== "closed" && !room.is_closed;
    const newcomers = mayJoin ? [...distinct.values()].filter(({ userId }) => !known.has(userId)) : [];
    const refused = newcomers.length > 0 ? await checkDoor(tx, { db, concertId, room, newcomers }) : NOBODY;
    const users = newcomers.map(({ userId }) => userId).filter((userId) => !refused.has(userId));
    const fresh = users.length > 0 ? await enter(tx, concertId, room, users) : new Map<string, Entry>();
    return { room, known, fresh, refused };
  });
  knownLine(db, concertId)?.note({ lastNumber: room.last_number, servedThrough: room.served_through });
  // Of two joins by one fan in one batch, the first is the one that made the place.
  const answered = new Set<string>();
  return fans.map(({ userId }) => {
    const entry = known.get(userId) ?? fresh.get(userId);
    if (!entry) return refused.get(userId) ?? queueClosed();
    const created = fresh.has(userId) && !answered.has(userId);
    answered.add(userId);
    return { created, entry };
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
