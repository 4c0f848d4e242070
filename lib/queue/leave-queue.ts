import { type Client, type Db, statement } from "@/db/client";
import type { QueueStatus } from "@/db/constants";
import { forgetAdmission } from "./admission";
import { type Attempt, countAttempts } from "./attempts";
import { leaveKey } from "./check-door";
import { queueTokenInvalid } from "./errors";
import { HISTORY_BUCKET } from "./history";
import { knownLine } from "./line";
import { lockRoom } from "./lock-room";
import { perConcert } from "./per-concert";
import { LEAVE_LIMIT } from "./rules";
import type { QueueClaims } from "./token";

/** What an entry was when it was given up; null if it was over already. */
type Left = { from: QueueStatus | null };

type LeftRow = { id: string; number: number | null; generation: number; from: QueueStatus | null };

const leave = statement<LeftRow>(
  "queue_leave",
  `with before as (
     select id, number, status, token_generation from queue_entries where concert_id = $1 and id = any($2::uuid[])),
   gone as (
     update queue_entries e set status = 'left', ended_at = $5::timestamptz
     from unnest($2::uuid[], $3::uuid[], $4::int[]) as asked (id, user_id, generation)
     where e.concert_id = $1 and e.id = asked.id and e.user_id = asked.user_id and e.token_generation = asked.generation
       and e.status in ('lobby', 'waiting', 'admitted')
     returning e.id)
   select before.id, before.number, before.token_generation as generation,
          case when gone.id is null then null else before.status end as "from"
   from before left join gone on gone.id = before.id`,
);

const count = statement<never>(
  "queue_count_left",
  `with departed as (
     insert into queue_departures (concert_id, seq, number)
     select $1, $2::int8 + place, number from unnest($3::int8[]) with ordinality as gone (number, place)),
   counted as (
     insert into queue_history (concert_id, at, departed)
     select $1, ${HISTORY_BUCKET}, cardinality($3::int8[]) where cardinality($3::int8[]) > 0
     on conflict (concert_id, at) do update set departed = queue_history.departed + excluded.departed)
   update queues
   set departures = $2::int8 + cardinality($3::int8[]), lobby = lobby - $4::int, left_lobby = left_lobby + $4::int,
       left_inside = left_inside + $5::int
   where concert_id = $1`,
);

/**
 * Gives a place up: those behind move on at once. Leaving again changes nothing. Those who leave together share one
 * durable transaction, as those who join do. Answers what the fan was until then, or null for one who had left.
 * Throws `queue_token_invalid` for a token that was replaced, and `unavailable`.
 */
export async function leaveQueue(db: Client, claims: QueueClaims): Promise<QueueStatus | null> {
  try {
    return (await leaves(db, claims.concertId, claims)).from;
  } finally {
    forgetAdmission(claims.entryId);
  }
}

const leaves = perConcert<QueueClaims, Left>("queue.leaves", leaveTogether);

async function leaveTogether(db: Db, concertId: string, leavers: QueueClaims[]): Promise<(Left | Error)[]> {
  // Of several tokens of one place only the newest can be good.
  const newest = new Map<string, QueueClaims>();
  for (const claims of leavers) {
    if (claims.generation >= (newest.get(claims.entryId)?.generation ?? 0)) newest.set(claims.entryId, claims);
  }
  const asked = [...newest.values()];
  const rows = await db.transaction(async (tx) => {
    const [room] = await lockRoom(tx, [concertId]);
    if (!room) return [];
    const ids = asked.map((one) => one.entryId);
    const users = asked.map((one) => one.userId);
    const left = await leave(tx, [concertId, ids, users, asked.map((one) => one.generation), room.locked_at]);
    const lobby = left.filter((row) => row.from === "lobby").length;
    const inside = left.filter((row) => row.from === "admitted").length;
    const numbers = departedOf(left);
    if (lobby + inside + numbers.length > 0) {
      await count(tx, [concertId, room.departures, numbers, lobby, inside]);
      await countAttempts(tx, concertId, leaversOf(asked, left));
    }
    return left;
  });
  knownLine(db, concertId)?.note({ departed: departedOf(rows) });
  const byId = new Map(rows.map((row) => [row.id, row]));
  const told = new Set<string>();
  return leavers.map(({ entryId, generation }) => {
    const row = byId.get(entryId);
    if (row && row.generation !== generation) return queueTokenInvalid();
    // Of two requests to leave in one batch, the first is the one that did.
    const from = told.has(entryId) ? null : (row?.from ?? null);
    told.add(entryId);
    return { from };
  });
}

/** Whoever leaves over and over waits before joining again. */
function leaversOf(asked: QueueClaims[], rows: LeftRow[]): Attempt[] {
  const gone = new Set(rows.flatMap((row) => (row.from === null ? [] : [row.id])));
  const users = new Set(asked.flatMap((one) => (gone.has(one.entryId) ? [one.userId] : [])));
  return [...users].map((userId) => ({ key: leaveKey(userId), count: 1, windowSeconds: LEAVE_LIMIT.windowSeconds }));
}

const departedOf = (rows: LeftRow[]): number[] =>
  rows.flatMap(({ from, number }) => (from === "waiting" && number !== null ? [number] : []));
