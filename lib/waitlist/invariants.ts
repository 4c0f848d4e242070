import type { Invariant } from "@/lib/core/invariant";

export const waitlistInvariants: Invariant[] = [
  {
    name: "offer-has-its-place",
    says: "A reservation that was offered belongs to a place on the waitlist of its fan and performance, and is its only one.",
    sql: `
      select r.id::text as id, 'offered for place ' || r.entry_id || case when e.id is null then ', which does not exist'
               when e.reservation_id is distinct from r.id then ', which was offered ' || coalesce(e.reservation_id::text, 'nothing')
               else ' of another fan or performance' end as why
      from reservations r left join waitlist_entries e on e.concert_id = r.concert_id and e.id = r.entry_id
      where r.offered and (e.id is null or e.reservation_id is distinct from r.id or e.user_id <> r.user_id
                           or e.performance_id <> r.performance_id)`,
  },
  {
    name: "place-has-its-offer",
    says: "A place on a waitlist that was offered seats names a reservation that was, of as many seats while it is held.",
    sql: `
      select e.id::text as id, e.status || ', reservation ' || coalesce(e.reservation_id::text, 'none')
               || coalesce(' of ' || r.seat_count || ' seats', ' is not an offer') as why
      from waitlist_entries e
        left join reservations r on r.concert_id = e.concert_id and r.id = e.reservation_id and r.offered
      where e.status in ('offered', 'accepted', 'declined', 'lapsed')
        and (r.id is null or (r.status = 'held' and r.seat_count <> e.seat_count)
             or (e.status = 'accepted') <> (r.status in ('paid', 'refunded')) and e.status <> 'offered')`,
  },
  {
    name: "waiting-is-watched",
    says: "Where somebody waits, the list is looked at and seats that come back are kept for it.",
    sql: `
      select e.id::text as id, 'waits on a list that is ' || coalesce(case when w.is_live then 'live' else 'asleep' end, 'missing')
               || ', seats are kept ' || coalesce(p.keep_seconds, 0) || ' s' as why
      from waitlist_entries e
        left join waitlists w on w.concert_id = e.concert_id and w.performance_id = e.performance_id
        left join performances p on p.concert_id = e.concert_id and p.id = e.performance_id
      where e.status = 'waiting'
        and (w.is_live is not true or coalesce(p.keep_seconds, 0) = 0 or e.number > w.last_number)`,
  },
];
