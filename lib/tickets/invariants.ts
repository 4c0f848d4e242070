import type { Invariant } from "@/lib/core/invariant";

export const ticketInvariants: Invariant[] = [
  {
    name: "seat-sold-once",
    says: "A seat has at most one ticket that is not void.",
    sql: `
      select seat_id::text as id, 'tickets ' || string_agg(id::text, ', ') as why
      from tickets where status <> 'void' group by concert_id, seat_id having count(*) > 1`,
  },
  {
    name: "ticket-for-each-paid-seat",
    says: "A paid reservation has one ticket for each of its seats, any other reservation none that is not void.",
    sql: `
      with due as (
        select r.concert_id, r.id as reservation_id, (seat ->> 'id')::uuid as seat_id
        from reservations r, jsonb_array_elements(r.seats) seat where r.status = 'paid'),
      good as (
        select concert_id, reservation_id, seat_id, count(*) as n from tickets where status <> 'void' group by 1, 2, 3)
      select coalesce(due.reservation_id, good.reservation_id)::text as id,
             coalesce(good.n, 0) || ' tickets for seat ' || coalesce(due.seat_id, good.seat_id)
               || case when due.seat_id is null then ', which it has not paid' else '' end as why
      from due full join good on good.concert_id = due.concert_id and good.reservation_id = due.reservation_id
                             and good.seat_id = due.seat_id
      where due.seat_id is null or good.n is distinct from 1`,
  },
  {
    name: "used-tickets-are-good",
    says: "A ticket was used at the door if and only if it says so; one that was used is not void.",
    sql: `
      select id::text, status || ', checked in at ' || coalesce(checked_in_at::text, '–') as why
      from tickets where (status = 'checked_in') <> (checked_in_at is not null)`,
  },
  {
    name: "ticket-with-its-holder",
    says: "A ticket belongs to who claimed it last, else to who bought it; its serial counts the claims, one from each holder in turn.",
    sql: `
      with moved as (
        select concert_id, ticket_id, count(*) as times,
               (array_agg(to_user_id order by serial desc))[1] as holder,
               bool_and(serial = at and (before is null or from_user_id = before)) as in_turn
        from (
          select concert_id, ticket_id, serial, from_user_id, to_user_id,
                 row_number() over turn - 1 as at, lag(to_user_id) over turn as before
          from ticket_transfers where claimed_at is not null
          window turn as (partition by concert_id, ticket_id order by serial)) claimed
        group by concert_id, ticket_id)
      select t.id::text, 'held by ' || t.user_id || ' as number ' || t.serial || ', claimed ' || coalesce(m.times, 0)
               || ' times, last by ' || coalesce(m.holder::text, 'nobody') as why
      from tickets t
        join reservations r on r.concert_id = t.concert_id and r.id = t.reservation_id
        left join moved m on m.concert_id = t.concert_id and m.ticket_id = t.id
      where t.serial <> coalesce(m.times, 0) or t.user_id <> coalesce(m.holder, r.user_id) or not coalesce(m.in_turn, true)`,
  },
];
