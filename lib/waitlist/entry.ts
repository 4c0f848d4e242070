import type { WaitlistStatus } from "@/db/constants";
import type { WaitlistEntry } from "./schema";

export type EntryRow = {
  id: string;
  concert_id: string;
  performance_id: string;
  seat_count: number;
  tier: string | null;
  status: WaitlistStatus;
  position: number | null;
  joined_at: Date;
  reservation_id: string | null;
  offer_ends_at: Date | null;
};

/** How an offer stands follows from its reservation `r`, whether or not the list was looked at since. */
export const STATUS_OF_OFFER = `case when r.status in ('paid', 'refunded') then 'accepted' when r.status = 'cancelled' then 'declined'
  when r.expires_at <= now() then 'lapsed' else 'offered' end`;

/** For a SELECT from `waitlist_entries e`. */
export const READ_ENTRY = `
  select e.id, e.concert_id, e.performance_id, e.seat_count, e.tier, e.joined_at, e.reservation_id, r.expires_at as offer_ends_at,
         case when e.status = 'offered' then ${STATUS_OF_OFFER} else e.status end as status,
         case when e.status = 'waiting' then 1 + (
           select count(*) from waitlist_entries w
           where w.concert_id = e.concert_id and w.performance_id = e.performance_id and w.status = 'waiting'
             and w.number < e.number) end as position
  from waitlist_entries e
    left join reservations r on r.concert_id = e.concert_id and r.id = e.reservation_id`;

export const entryOf = (row: EntryRow): WaitlistEntry => ({
  id: row.id,
  concertId: row.concert_id,
  performanceId: row.performance_id,
  count: row.seat_count,
  tier: row.tier,
  status: row.status,
  position: row.position,
  joinedAt: row.joined_at.toISOString(),
  reservationId: row.reservation_id,
  offerEndsAt: row.offer_ends_at?.toISOString() ?? null,
});
