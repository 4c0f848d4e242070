import { type Client, type Db, statement } from "@/db/client";
import { finishDrain } from "./drain-room";
import { closeLobby } from "./draw-lobby";
import { HISTORY_BUCKET, WAIT_CLASSES, WAITS_TOGETHER, waitClass } from "./history";
import { knownLine } from "./line";
import { type RoomRow, tryLockRoom } from "./lock-room";
import { turnsNow } from "./rules";

const expire = statement<never>(
  "queue_expire_admissions",
  `with ended as (
     update queue_entries set status = 'expired', ended_at = admitted_until
     where concert_id = $1 and status = 'admitted' and admitted_until <= now() returning 1),
   sums as (select count(*)::int as n from ended),
   counted as (
     insert into queue_history (concert_id, at, expired) select $1, ${HISTORY_BUCKET}, n from sums where n > 0
     on conflict (concert_id, at) do update set expired = queue_history.expired + excluded.expired)
   update queues set expired = expired + sums.n from sums where concert_id = $1 and sums.n > 0`,
);

/** Those who passed the line by invitation take nobody's place. */
const countActive = statement<{ active: number; deferred: boolean }>(
  "queue_count_active",
  `select (select count(*) from queue_entries where concert_id = $1 and status = 'admitted')
        - (select count(*) from queue_entries where concert_id = $1 and status = 'admitted' and invitation_id is not null) as active,
          exists (select 1 from queue_entries where concert_id = $1 and status = 'waiting' and deferred_to is not null) as deferred`,
);

// Nobody waits at or before the number served through ($6), so the key of the numbers serves from there on, with nothing
// to step over but those who left. By a range of numbers and not by a list of ids: the rows lie side by side.
const admit = statement<{ admitted: number; served_through: number }>(
  "queue_admit",
  `with back as materialized (
     select id from queue_entries
     where concert_id = $1 and status = 'waiting' and deferred_to is not null
       and deferred_to < coalesce((select min(number) from queue_entries
                                   where concert_id = $1 and status = 'waiting' and deferred_to is null and number > $6), 9007199254740991)
     order by deferred_to, entered_at, id limit $2),
   ordinary as materialized (
     select max(number) as last from (
       select number from queue_entries
       where concert_id = $1 and status = 'waiting' and deferred_to is null and number > $6
       order by number limit (select $2::int - count(*) from back)) first),
   came_back as (
     update queue_entries e
     set status = 'admitted', admitted_at = now(), admitted_until = now() + make_interval(secs => $3), deferred_to = null
     where e.concert_id = $1 and e.status = 'waiting' and e.deferred_to is not null and e.id = any(array(select id from back))
     returning e.number, extract(epoch from now() - e.entered_at)::float8 as waited),
   came_up as (
     update queue_entries e
     set status = 'admitted', admitted_at = now(), admitted_until = now() + make_interval(secs => $3)
     where e.concert_id = $1 and e.status = 'waiting' and e.deferred_to is null
       and e.number > $6 and e.number <= (select last from ordinary)
     returning e.number, extract(epoch from now() - e.entered_at)::float8 as waited),
   admitted as (select * from came_back union all select * from came_up),
   sums as (select count(*)::int as n, max(number) as last from admitted),
   waits as (
     select array_agg(coalesce(n, 0)::int order by class.at) as counts
     from ${WAIT_CLASSES} left join (select ${waitClass("waited")} as at, count(*) as n from admitted group by 1) found using (at)),
   counted as (
     insert into queue_history (concert_id, at, admitted, waits)
     select $1, ${HISTORY_BUCKET}, n, waits.counts from sums, waits where n > 0
     on conflict (concert_id, at) do update
     set admitted = queue_history.admitted + excluded.admitted, waits = ${WAITS_TOGETHER})
   update queues
   set admissions = admissions + sums.n,
       served_through = case when sums.n < $2 then last_number else greatest(served_through, sums.last) end,
       credit = $4::float8 - case when $5 then sums.n else 0 end, credit_at = now()
   from sums where concert_id = $1
   returning sums.n as admitted, served_through`,
);

const keepCredit = statement<never>(
  "queue_keep_credit",
  "update queues set credit = $2, credit_at = now() where concert_id = $1",
);

/**
 * Lets in the lowest waiting numbers of one concert, as many as `activeLimit` and `admissionsPerMinute` allow, before
 * them those who let others go first and whose others have gone, after
 * ending the admissions that are over; closes the lobby first when its time has come, and then nobody moves until it is
 * drawn. Safe with any number of processes: one at a time holds the room's lock, the others give way. Answers how many
 * were let in.
 */
export async function admitNext(db: Client, concertId: string): Promise<number> {
  const outcome = await db.transaction(async (tx) => {
    const [room] = await tryLockRoom(tx, [concertId]);
    if (!room) return null;
    const admitted = await admitLocked(tx, concertId, room);
    if (room.is_draining) await finishDrain(tx, concertId);
    return admitted;
  });
  if (outcome && outcome.servedThrough > 0) knownLine(db, concertId)?.note({ servedThrough: outcome.servedThrough });
  return outcome?.admitted ?? 0;
}

/** The same inside a transaction that holds the room's lock already. */
export async function admitLocked(
  tx: Db,
  concertId: string,
  room: RoomRow,
): Promise<{ admitted: number; servedThrough: number }> {
  if (room.draw_pending && room.is_open && !room.lobby_closed) await closeLobby(tx, concertId, room);
  await expire(tx, [concertId]);
  // A statement of its own after `expire`: a hold that stretched an admission while `expire` waited for it is counted.
  const [counted] = await countActive(tx, [concertId]);
  const anyWaiting = room.last_number > room.served_through || counted?.deferred === true;
  const turns = turnsNow({
    mode: room.mode,
    isOpen: room.is_open,
    isDrawing: room.draw_pending,
    credit: room.credit,
    elapsedSeconds: room.elapsed_seconds,
    admissionsPerMinute: room.admissions_per_minute,
    activeLimit: room.active_limit,
    active: counted?.active ?? 0,
  });
  if (anyWaiting && turns.most > 0) return await letIn(tx, concertId, room, turns);
  if (turns.counts) await keepCredit(tx, [concertId, turns.credit]);
  return { admitted: 0, servedThrough: 0 };
}

async function letIn(
  tx: Db,
  concertId: string,
  room: RoomRow,
  how: { most: number; credit: number; counts: boolean },
): Promise<{ admitted: number; servedThrough: number }> {
  const [row] = await admit(tx, [concertId, how.most, room.claim_seconds, how.credit, how.counts, room.served_through]);
  return { admitted: row?.admitted ?? 0, servedThrough: row?.served_through ?? 0 };
}
