import { type Db, inTransaction, statement } from "@/db/client";
import { releaseHold } from "@/lib/booking/release-seats";
import { isId } from "@/lib/core/ids";
import { STATUS_OF_OFFER } from "./entry";

const leave = statement<{ status: string; reservation_id: string | null }>(
  "waitlist_leave",
  `with mine as (
     select concert_id, id, status from waitlist_entries
     where concert_id = $1 and performance_id = $2 and user_id = $3 and status in ('waiting', 'offered') for update)
   update waitlist_entries e set status = case when mine.status = 'offered' then 'declined' else 'left' end, ended_at = now()
   from mine where e.concert_id = mine.concert_id and e.id = mine.id
     and (mine.status = 'waiting' or exists (
       select 1 from reservations r where r.concert_id = $1 and r.id = e.reservation_id and r.status = 'held' and r.expires_at > now()))
   returning mine.status, e.reservation_id`,
);

/**
 * Takes a fan off a performance's waitlist; seats that are offered at that moment go to the next one. Leaving again, or
 * without having been there, changes nothing.
 */
export async function leaveWaitlist(
  db: Db,
  { concertId, performanceId, userId }: { concertId: string; performanceId: string; userId: string },
): Promise<void> {
  if (!isId(concertId) || !isId(performanceId)) return;
  await inTransaction(db, async (tx) => {
    const [left] = await leave(tx, [concertId, performanceId, userId]);
    if (left?.status !== "offered" || left.reservation_id === null) return;
    // Paid in the meantime, perhaps: then it is accepted after all.
    const released = await releaseHold(tx, { concertId, reservationId: left.reservation_id, userId });
    if (!released) await accept(tx, [concertId, left.reservation_id]);
  });
}

const accept = statement<never>(
  "waitlist_accept_after_all",
  `update waitlist_entries e set status = ${STATUS_OF_OFFER},
     ended_at = coalesce(r.paid_at, r.ended_at, r.expires_at)
   from reservations r where e.concert_id = $1 and r.concert_id = $1 and r.id = $2 and e.reservation_id = r.id`,
);
