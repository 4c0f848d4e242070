import type { Invariant } from "@/lib/core/invariant";

export const queueInvariants: Invariant[] = [
  {
    name: "places-have-a-room",
    says: "Every place in line and every departure is of a waiting room that exists (no foreign key says so).",
    sql: `
      select concert_id::text as id, n || ' rows of ' || of_what || ' without a room' as why
      from (select concert_id, count(*) as n, 'queue_entries' as of_what from queue_entries group by 1
            union all select concert_id, count(*), 'queue_departures' from queue_departures group by 1) found
      where not exists (select 1 from queues q where q.concert_id = found.concert_id)`,
  },
  {
    name: "one-live-entry",
    says: "A fan has at most one live place in a concert's line.",
    sql: `
      select concert_id || ' ' || user_id as id, count(*) || ' live places: ' || string_agg(id::text, ' ') as why
      from queue_entries where status in ('lobby', 'waiting', 'admitted')
      group by concert_id, user_id having count(*) > 1`,
  },
  {
    name: "numbers-without-gap",
    says: "A line's numbers run from 1 to the last one given, each given once (until an ended line is cleared away; not while its lobby is drawn).",
    sql: `
      select q.concert_id::text as id,
             coalesce(e.n, 0) || ' numbers (' || coalesce(e.different, 0) || ' different, ' || coalesce(e.first, 0) || ' to '
               || coalesce(e.last, 0) || '), the last one given is ' || q.last_number as why
      from queues q
        left join (select concert_id, count(number) as n, count(distinct number) as different, max(number) as last,
                          min(number) as first
                   from queue_entries group by concert_id) e on e.concert_id = q.concert_id
      where q.folded = 0 and (q.lobby_closed_at is null or q.drawn_at is not null)
        and (q.last_number <> coalesce(e.n, 0) or e.n <> e.different or e.n <> e.last or e.first <> 1)`,
  },
  {
    name: "served-are-served",
    says: "Nobody waits at or before the number that the line has been served through, and nobody was let in after it without an invitation.",
    sql: `
      select e.id::text as id, 'number ' || e.number || ' is ' || e.status || ', served through ' || q.served_through as why
      from queue_entries e join queues q on q.concert_id = e.concert_id
      where (e.status = 'waiting' and e.number <= q.served_through and e.deferred_to is null)
         or (e.admitted_at is not null and e.invitation_id is null and e.number > q.served_through)`,
  },
  {
    name: "first-come-first-served",
    says: "Nobody was let in without an invitation while somebody with a lower number still waits.",
    sql: `
      select e.id::text as id, 'number ' || e.number || ' was let in, ' || w.first || ' still waits' as why
      from queue_entries e
        join (select concert_id, min(number) as first from queue_entries where status = 'waiting' and deferred_to is null
              group by concert_id) w
          on w.concert_id = e.concert_id
      where e.admitted_at is not null and e.invitation_id is null and e.number > w.first`,
  },
  {
    name: "departures-told",
    says: "Whoever left the line before the turn, or passed it by an invitation, is among its departures, once, and nobody else is (until an ended line is cleared away).",
    sql: `
      with gone as (
        select concert_id, number from queue_entries
        where (status = 'left' and admitted_at is null and number is not null) or invitation_id is not null),
      kept as (select * from queues where folded = 0),
      pairs as (
        select coalesce(gone.concert_id, d.concert_id) as concert_id, coalesce(gone.number, d.number) as number,
               gone.number is not null as left_it, count(d.seq) as told
        from gone full join queue_departures d on d.concert_id = gone.concert_id and d.number = gone.number
        group by 1, 2, 3)
      select concert_id || ' ' || number as id,
             case when not left_it then 'told as gone, but is not' else 'left, but was told ' || told || ' times' end as why
      from pairs where (not left_it or told <> 1) and concert_id in (select concert_id from kept)
      union all
      select q.concert_id::text, d.n || ' departures up to ' || d.last || ', the room counts ' || q.departures
      from kept q, lateral (select count(*) as n, coalesce(max(seq), 0) as last from queue_departures d
                              where d.concert_id = q.concert_id) d
      where d.n <> q.departures or d.last <> q.departures`,
  },
  {
    name: "no-more-than-the-limit",
    says: "No more fans are in than a room lets in at one time (rooms whose settings never changed).",
    sql: `
      select q.concert_id::text as id, count(*) || ' are in, the limit is ' || q.active_limit as why
      from queues q join queue_entries e on e.concert_id = q.concert_id and e.status = 'admitted' and e.invitation_id is null
      where q.mode = 'on' and q.revision = 1
      group by q.concert_id having count(*) > q.active_limit`,
  },
  {
    name: "room-totals",
    says: "A room's totals are what its entries say: who waits, who came in, who left, whose turn ran out.",
    sql: `
      with counted as (
        select q.concert_id, q.last_number - q.admissions - q.departures + q.lobby as waiting, q.lobby, q.left_lobby,
               q.left_inside, q.expired, q.invited, q.admissions, q.folded,
               count(*) filter (where e.status in ('lobby', 'waiting')) as e_waiting,
               count(*) filter (where e.status = 'lobby') as e_lobby,
               count(*) filter (where e.status = 'left' and e.number is null) as e_left_lobby,
               count(*) filter (where e.status = 'left' and e.admitted_at is not null) as e_left_inside,
               count(*) filter (where e.status = 'expired') as e_expired,
               count(*) filter (where e.invitation_id is not null) as e_invited,
               count(*) filter (where e.admitted_at is not null and e.invitation_id is null) as e_admissions
        from queues q left join queue_entries e on e.concert_id = q.concert_id group by q.concert_id)
      select concert_id::text as id,
             'waiting ' || waiting || '/' || e_waiting || ', lobby ' || lobby || '/' || e_lobby || ', let in ' || admissions
               || '/' || e_admissions || ', invited ' || invited || '/' || e_invited || ', left the lobby ' || left_lobby
               || '/' || e_left_lobby || ', left inside ' || left_inside || '/' || e_left_inside || ', ran out ' || expired
               || '/' || e_expired || ' (counted/found)' as why
      from counted
      where waiting <> e_waiting or lobby <> e_lobby
         or (folded = 0 and (admissions <> e_admissions or invited <> e_invited or left_lobby <> e_left_lobby
                             or left_inside <> e_left_inside or expired <> e_expired))`,
  },
];
