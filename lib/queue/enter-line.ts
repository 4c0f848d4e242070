import type pg from "pg";
import { type Db, statement } from "@/db/client";
import { isUniqueViolation } from "@/db/errors";
import { notFound } from "@/lib/core/errors";
import { newId } from "@/lib/core/ids";
import { leaveKey } from "./check-door";
import { ENTRY_COLUMNS, type Entry, type EntryRow, entryOf, waitingEntry } from "./entry";
import { HISTORY_BUCKET } from "./history";
import { ROOM_COLUMNS, type RoomRow } from "./lock-room";
import { LEAVE_LIMIT } from "./rules";

type Row = Pick<RoomRow, "last_number" | "served_through"> & {
  to_lobby: boolean;
  entered_at: Date;
  entered: number;
  /** Which of those who asked got a place, by their order; null if all of them did. */
  places: number[] | null;
  known: EntryRow[] | null;
};

// The row is locked before anything is read from it, so the numbers follow the order of commits although this is one
// statement: whoever waited for the lock goes on with the row as its last holder left it. The list of those who have a place
// is as old as the statement, and may miss a fan who joined through another process while it waited: then the key of
// live places refuses the whole statement, and nothing happened. `offset 0` keeps each look-up one of its own: planned while
// the tables are empty, they would otherwise be read whole for every batch until statistics come.
const enter = statement<Row>(
  "queue_enter",
  `with room as materialized (
     select ${ROOM_COLUMNS} from queues where concert_id = $1 for update),
   way as materialized (
     select last_number, draw_pending and not lobby_closed as to_lobby, any_left from room
     where mode in ('on', 'paused') and not is_closed and challenge_above is null
       and not (draw_pending and is_open and not lobby_closed)),
   asked as materialized (
     select id, user_id, place from unnest($2::uuid[], $3::uuid[]) with ordinality as asked (id, user_id, place)),
   known as materialized (
     select live.* from asked, lateral (
       select ${ENTRY_COLUMNS} from queue_entries
       where concert_id = $1 and user_id = asked.user_id and status in ('lobby', 'waiting', 'admitted') offset 0) live),
   fresh as materialized (
     select id, user_id, place, row_number() over (order by place) as nth, last_number, to_lobby
     from asked, way
     where user_id not in (select user_id from known)
       and (not any_left or not exists (
         select 1 from queue_attempts
         where concert_id = $1 and key = '${leaveKey("")}' || user_id and ends_at > now() and count >= ${LEAVE_LIMIT.limit} offset 0))),
   sums as materialized (select count(*)::int as n from fresh),
   entries as (
     insert into queue_entries (concert_id, id, user_id, number, status, entered_at)
     select $1, id, user_id, case when to_lobby then null else last_number + nth end,
            case when to_lobby then 'lobby' else 'waiting' end, date_trunc('milliseconds', now())
     from fresh order by nth),
   counted as (
     insert into queue_history (concert_id, at, joined) select $1, ${HISTORY_BUCKET}, n from sums where n > 0
     on conflict (concert_id, at) do update set joined = queue_history.joined + excluded.joined),
   moved as (
     update queues q set last_number = q.last_number + case when way.to_lobby then 0 else sums.n end,
                         lobby = q.lobby + case when way.to_lobby then sums.n else 0 end
     from way, sums where q.concert_id = $1 and sums.n > 0)
   select room.last_number, room.served_through, coalesce(way.to_lobby, false) as to_lobby,
          date_trunc('milliseconds', now()) as entered_at, sums.n as entered,
          case when sums.n between 1 and cardinality($2::uuid[]) - 1 then (select array_agg(place::int) from fresh) end as places,
          (select json_agg(known) from known) as known
   from room cross join sums left join way on true`,
);

/** Ids as PostgreSQL writes an array of them; the driver would quote each one by itself. */
const list = (ids: string[]): string => `{${ids.join(",")}}`;

export type Entered = {
  lastNumber: number;
  servedThrough: number;
  /** Places made now, by fan. */
  fresh: Map<string, Entry>;
  /** Places that these fans had already. */
  known: Map<string, Entry>;
};

/**
 * Places for all who join together, in one durable statement of one round trip, in the order given; different fans, none
 * of whom an address limit concerns. Those whom it cannot place are in neither list: the room or the fan is out of the
 * ordinary, and `joinUnderLock` says what becomes of them. Null where a fan joined through another process in this very
 * moment; then nobody was placed. Throws `not_found`.
 */
export async function enterLine(db: Db | pg.PoolClient, concertId: string, userIds: string[]): Promise<Entered | null> {
  const ids = userIds.map(newId);
  const rows = await enter(db, [concertId, list(ids), list(userIds)]).catch((error) => {
    if (isUniqueViolation(error)) return null;
    throw error;
  });
  if (!rows) return null;
  const [row] = rows;
  if (!row) throw notFound("concert");
  const fresh = new Map<string, Entry>();
  const places = row.places && new Set(row.places);
  const status = row.to_lobby ? "lobby" : "waiting";
  let number = row.last_number;
  for (let at = 0; at < ids.length && row.entered > 0; at += 1) {
    if (places && !places.has(at + 1)) continue;
    number += 1;
    const userId = userIds[at] as string;
    const place = {
      id: ids[at] as string,
      userId,
      number: row.to_lobby ? null : number,
      generation: 0,
      enteredAt: row.entered_at,
    };
    fresh.set(userId, waitingEntry(place, status));
  }
  const known = new Map<string, Entry>();
  for (const one of row.known ?? []) {
    if (one.status !== "expired") known.set(one.user_id, entryOf(withDates(one)));
  }
  const lastNumber = row.to_lobby ? row.last_number : row.last_number + row.entered;
  return { lastNumber, servedThrough: row.served_through, fresh, known };
}

const date = (text: Date | null): Date | null => text && new Date(text);

/** Within JSON, instants come as texts. */
const withDates = (row: EntryRow): EntryRow => ({
  ...row,
  entered_at: new Date(row.entered_at),
  admitted_at: date(row.admitted_at),
  admitted_until: date(row.admitted_until),
  claimed_at: date(row.claimed_at),
});
