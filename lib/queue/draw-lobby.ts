import { type Client, type Db, statement, type Tx } from "@/db/client";
import { DRAW_ID_SQL } from "./draw-id";
import { lockRoom, type RoomRow } from "./lock-room";

/** Fixing a million places takes seconds, not the ten at most that other statements may take. */
const FIX_TIMEOUT = "5min";
/** Sorting a million keys in memory instead of in temporary files. */
const FIX_MEMORY = "128MB";
/** Places numbered under one holding of the room's lock: joins wait for so many, about a tenth of a second. */
const AT_ONCE = 5000;

const close = statement<{ last_number: number }>(
  "queue_close_lobby",
  `with lobby as (
     select count(*) as n from queue_entries where concert_id = $1 and status = 'lobby'),
   begun as (
     insert into queue_draws (concert_id, after_number, reserved) select $1, $2::int8, n from lobby)
   update queues set lobby_closed_at = $3::timestamptz, lobby = 0, last_number = $2::int8 + lobby.n
   from lobby where concert_id = $1
   returning last_number`,
);

/**
 * Ends the lobby at the opening: the next numbers are kept for those in it, and whoever comes from now on gets a number
 * behind them at once. Under the room's lock; says in `room` what became of it.
 */
export async function closeLobby(tx: Db, concertId: string, room: RoomRow): Promise<void> {
  const [row] = await close(tx, [concertId, room.last_number, room.locked_at]);
  room.last_number = row?.last_number ?? room.last_number;
  room.lobby_closed = true;
}

type DrawRow = { after_number: number; reserved: number; places: number | null; numbered_through: string | null };

const lockDraw = statement<DrawRow>(
  "queue_lock_draw",
  "select after_number, reserved, places, numbered_through from queue_draws where concert_id = $1 for update skip locked",
);

const allowTime = statement<never>(
  "queue_allow_draw_time",
  "select set_config('statement_timeout', $1, true), set_config('work_mem', $2, true)",
);

// Whoever left after the lobby closed is in it still: the list is that of the closing, and nobody can thin it out later.
const fix = statement<never>(
  "queue_fix_places",
  `with staying as materialized (
     select id from queue_entries where concert_id = $1 and status = 'lobby'),
   gone as materialized (
     select e.id from queue_entries e join queues q on q.concert_id = e.concert_id
     where e.concert_id = $1 and e.status = 'left' and e.number is null and e.ended_at >= q.lobby_closed_at
     limit (select greatest(0, $3::int8 - count(*)) from staying)),
   list as materialized (
     select id, ${DRAW_ID_SQL} as draw_id from (select id from staying union all select id from gone) all_of_them),
   listed as materialized (
     select count(*) as n,
            encode(sha256(convert_to(coalesce(string_agg(draw_id, E'\\n' order by draw_id collate "C"), ''), 'UTF8')), 'hex') as digest
     from list),
   mixed as materialized (
     select encode(sha256(convert_to(q.draw_seed || ':' || listed.digest, 'UTF8')), 'hex') as seed
     from queues q, listed where q.concert_id = $1),
   placed as (
     insert into queue_draw_places (concert_id, number, entry_id)
     select $1, $2::int8 + row_number() over (order by sha256(convert_to(mixed.seed || ':' || draw_id, 'UTF8'))), id
     from list, mixed order by id)
   update queue_draws set places = listed.n, digest = listed.digest from listed where concert_id = $1`,
);

// Both lists lie in the order of ids, so each step merges a piece of them; without statistics of tables that just came
// to be, reading and sorting everything would look better. And a step need not reach the disk before its lock is given back: lost in a crash, it is done again and gives the same numbers.
const prepareStep = statement<never>(
  "queue_prepare_draw_step",
  `select set_config('synchronous_commit', 'off', true), set_config('enable_hashjoin', 'off', true),
          set_config('enable_nestloop', 'off', true), set_config('enable_seqscan', 'off', true),
          set_config('enable_bitmapscan', 'off', true), set_config('enable_sort', 'off', true)`,
);

// In the order of ids, which is that of arrival and of the disk: a random order would read and write a page per row.
const giveNumbers = statement<{ through: string | null; n: number; gone: number[] | null }>(
  "queue_number_lobby",
  `with next as materialized (
     select number, entry_id from queue_draw_places
     where concert_id = $1 and entry_id > coalesce($2::uuid, '00000000-0000-0000-0000-000000000000')
     order by entry_id limit $3),
   numbered as (
     update queue_entries e set number = next.number, status = case when e.status = 'lobby' then 'waiting' else e.status end
     from next where e.concert_id = $1 and e.id = next.entry_id and e.status in ('lobby', 'left')
       and e.id > coalesce($2::uuid, '00000000-0000-0000-0000-000000000000')
       and e.id <= (select entry_id from next order by entry_id desc limit 1)
     returning e.number, e.status)
   select (select entry_id from next order by entry_id desc limit 1) as through, count(*) as n,
          array_agg(number order by number)
            filter (where number not in (select number from numbered where status = 'waiting')) as gone
   from next`,
);

// Until now they were counted as having left the lobby.
const departAll = statement<never>(
  "queue_depart_lobby",
  `with departed as (
     insert into queue_departures (concert_id, seq, number)
     select $1, $2::int8 + place, number from unnest($3::int8[]) with ordinality as gone (number, place))
   update queues set departures = $2::int8 + cardinality($3::int8[]), lobby = lobby + cardinality($3::int8[]),
                     left_lobby = greatest(0, left_lobby - cardinality($3::int8[]))
   where concert_id = $1`,
);

const advance = statement<never>(
  "queue_advance_draw",
  "update queue_draws set numbered_through = $2 where concert_id = $1",
);

const finish = statement<never>("queue_finish_draw", "update queues set drawn_at = now() where concert_id = $1");

/**
 * Draws a closed lobby: first all places in one statement, in the order of `draw-rules.ts`, then their numbers onto the
 * entries, some thousands at a time. Only one process is at it; one that dies leaves its finished steps to the next.
 * Nobody is kept waiting: the places are fixed without the room's lock, the numbers in short turns with it.
 * Whoever left since the lobby closed has a number that counts as departed. Answers whether the draw is over.
 */
export async function drawLobby(
  db: Client,
  concertId: string,
  { isStopped = () => false, atOnce = AT_ONCE }: { isStopped?: () => boolean; atOnce?: number } = {},
): Promise<boolean> {
  if (!(await fixPlaces(db, concertId))) return false;
  while (!isStopped()) {
    const step = await db.transaction((tx) => numberNext(tx, concertId, atOnce));
    if (step === "last") return await db.transaction((tx) => finishDraw(tx, concertId));
    if (step !== "more") return step === "over";
  }
  return false;
}

async function fixPlaces(db: Client, concertId: string): Promise<boolean> {
  return await db.transaction(async (tx) => {
    const [draw] = await lockDraw(tx, [concertId]);
    if (!draw) return false;
    if (draw.places !== null) return true;
    await allowTime(tx, [FIX_TIMEOUT, FIX_MEMORY]);
    await fix(tx, [concertId, draw.after_number, draw.reserved]);
    return true;
  });
}

async function numberNext(tx: Tx, concertId: string, atOnce: number): Promise<"more" | "last" | "over" | "elsewhere"> {
  const [draw] = await lockDraw(tx, [concertId]);
  if (!draw || draw.places === null) return "elsewhere";
  await prepareStep(tx, []);
  // Leaving and numbering come one after the other, so that a number is either its fan's or departed, never neither.
  const [room] = await lockRoom(tx, [concertId]);
  if (!room) return "elsewhere";
  if (!room.draw_pending) return "over";
  const [step] = await giveNumbers(tx, [concertId, draw.numbered_through, atOnce]);
  if (step?.gone) await departAll(tx, [concertId, room.departures, step.gone]);
  if (step?.through) await advance(tx, [concertId, step.through]);
  return (step?.n ?? 0) < atOnce ? "last" : "more";
}

/** Ends a draw whose numbers are all given; from then on fans are let in. */
async function finishDraw(tx: Tx, concertId: string): Promise<boolean> {
  const [draw] = await lockDraw(tx, [concertId]);
  if (!draw || draw.places === null) return false;
  const [room] = await lockRoom(tx, [concertId]);
  if (!room?.draw_pending) return room !== undefined;
  // Kept for somebody who is on no list after all: nobody's, so departed.
  const spare = Array.from(
    { length: draw.reserved - draw.places },
    (_, at) => draw.after_number + (draw.places ?? 0) + at + 1,
  );
  if (spare.length > 0) await departAll(tx, [concertId, room.departures, spare]);
  await finish(tx, [concertId]);
  return true;
}
