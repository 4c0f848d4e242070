import type { Invariant } from "@/lib/core/invariant";

/** Every seat of every reservation that has a right to it at the snapshot, with the reservation's own words. */
const PROMISED = `
  promised as (
    select r.concert_id, r.id as reservation_id, r.user_id, r.performance_id, r.status, r.expires_at,
           (seat ->> 'id')::uuid as seat_id
    from reservations r, jsonb_array_elements(r.seats) seat
    where r.status = 'paid' or (r.status = 'held' and r.expires_at > clock_timestamp()))`;

export const bookingInvariants: Invariant[] = [
  {
    name: "seat-promised-once",
    says: "No seat is promised to two reservations that are paid or held at the same time.",
    sql: `
      with ${PROMISED}
      select seat_id::text as id, 'reservations ' || string_agg(reservation_id || ' (' || status || ')', ', ') as why
      from promised group by concert_id, seat_id having count(*) > 1`,
  },
  {
    name: "promise-kept",
    says: "Every seat of a paid reservation is sold to it; every seat of a good hold is held for it, as long as it says and the waitlist's minute at most.",
    sql: `
      with ${PROMISED}
      select p.reservation_id::text as id, p.status || ', but seat ' || p.seat_id ||
             case when s.id is null then ' does not exist' when s.reservation_id is distinct from p.reservation_id
               then ' has ' || coalesce(s.reservation_id::text, 'nobody')
               else ' is held until ' || coalesce(s.held_until::text, '–') || ', sold at ' || coalesce(s.sold_at::text, '–') end as why
      from promised p
        left join seats s on s.concert_id = p.concert_id and s.id = p.seat_id and s.performance_id = p.performance_id
      where s.id is null or s.reservation_id is distinct from p.reservation_id
         or (p.status = 'paid' and (s.sold_at is null or s.held_until is not null))
         or (p.status = 'held' and (s.sold_at is not null or s.held_until is null
             or s.held_until not between p.expires_at and p.expires_at + interval '1 minute'))`,
  },
  {
    name: "taken-seat-has-its-reservation",
    says: "A sold seat belongs to a paid reservation that names it, a held one to a held reservation that names it.",
    sql: `
      select s.id::text as id,
             case when s.sold_at is null then 'held' else 'sold' end || ' for ' || coalesce(s.reservation_id::text, 'nobody')
               || coalesce(' (' || r.status || ')', '') as why
      from seats s left join reservations r on r.concert_id = s.concert_id and r.id = s.reservation_id
      where (s.sold_at is not null or s.held_until > clock_timestamp())
        -- Seats that came back are kept for the waitlist, for a minute at most.
        and not (s.sold_at is null and s.held_until <= clock_timestamp() + interval '1 minute' and exists (
          select 1 from waitlists w where w.concert_id = s.concert_id and w.performance_id = s.performance_id))
        and (r.id is null or r.status <> case when s.sold_at is null then 'held' else 'paid' end
             or r.performance_id <> s.performance_id
             or not r.seats @> jsonb_build_array(jsonb_build_object('id', s.id)))`,
  },
  {
    name: "amount-of-its-seats",
    says: "A reservation costs what its seats cost when they were held, and names each of them once.",
    sql: `
      select id::text, 'amount ' || amount || ', its seats ' || seats.sum || ', named ' || seats.named || ' of '
             || seats.different as why
      from reservations r, lateral (
        select sum((seat ->> 'price')::int8) as sum, count(*) as named, count(distinct seat ->> 'id') as different
        from jsonb_array_elements(r.seats) seat) seats
      where amount <> seats.sum or named <> different or named <> seat_count`,
  },
  {
    name: "fan-within-limit",
    says: "A fan has at most the concert's number of seats, held and paid together (since the concert last changed).",
    sql: `
      select r.concert_id || ' ' || r.user_id as id, sum(r.seat_count) || ' seats, the limit is ' || c.max_seats_per_fan as why
      from reservations r join concerts c on c.id = r.concert_id
      where r.status = 'paid' or (r.status = 'held' and r.expires_at > clock_timestamp())
      group by r.concert_id, r.user_id, c.id
      having sum(r.seat_count) > c.max_seats_per_fan
         and (c.updated_at = c.created_at or max(r.created_at) > c.updated_at + interval '5 minutes')`,
  },
  {
    name: "held-during-sale",
    says: "Seats were held only while their performance was on sale (since the concert last changed).",
    sql: `
      select r.id::text, 'held at ' || r.created_at || ', on sale from ' || c.sale_opens_at || ' to '
             || least(c.sale_closes_at, p.starts_at) as why
      from reservations r
        join concerts c on c.id = r.concert_id
        left join performances p on p.concert_id = r.concert_id and p.id = r.performance_id
      where (p.id is null or r.created_at < c.sale_opens_at or r.created_at >= least(c.sale_closes_at, p.starts_at))
        and (c.updated_at = c.created_at or r.created_at > c.updated_at + interval '5 minutes')`,
  },
  {
    name: "held-by-the-admitted",
    says: "Seats were held by a fan who was admitted then (until an ended line is cleared away), or offered from the waitlist.",
    sql: `
      select r.id::text as id, 'held at ' || r.created_at || coalesce(', admitted from ' || e.admitted_at || ' to '
             || e.admitted_until, ' without a place that was admitted') as why
      from reservations r
        left join queue_entries e on e.concert_id = r.concert_id and e.id = r.entry_id and e.user_id = r.user_id
        left join queues q on q.concert_id = r.concert_id
      where not r.offered and not (e.id is null and q.folded > 0)
        and (e.admitted_at is null or r.created_at < e.admitted_at or r.created_at >= e.admitted_until)`,
  },
  {
    name: "paid-in-time",
    says: "A reservation was paid before its hold ended.",
    sql: `
      select id::text, 'paid at ' || paid_at || ', held until ' || expires_at as why
      from reservations where paid_at >= expires_at or paid_at < created_at`,
  },
];
