import type { Invariant } from "@/lib/core/invariant";

export const paymentInvariants: Invariant[] = [
  {
    name: "paid-once",
    says: "A reservation that was paid has one payment by its fan, of its amount and what of it was given back since; any other has none.",
    sql: `
      select coalesce(r.id, p.reservation_id)::text as id,
             coalesce(r.status, 'no reservation') || ' of ' || coalesce(r.amount, 0) || ', given back ' || back.sum || ', ' || coalesce(p.n, 0)
               || ' payments of ' || coalesce(p.sum, 0) as why
      from reservations r
        full join (select concert_id, reservation_id, count(*) as n, sum(amount) as sum, min(user_id::text) as user_id
                   from payments group by concert_id, reservation_id) p
          on p.concert_id = r.concert_id and p.reservation_id = r.id
        cross join lateral (select coalesce(sum((seat ->> 'price')::int8), 0) as sum
                            from jsonb_array_elements(r.refunded_seats) seat) back
      where r.id is null
         or coalesce(p.n, 0) <> case when r.status in ('paid', 'refunded') then 1 else 0 end
         or (p.n = 1 and (p.sum <> r.amount + back.sum or p.user_id <> r.user_id::text))`,
  },
  {
    name: "payment-moved-its-money",
    says: "Every payment took its amount from its fan's wallet, once, and nothing else did.",
    sql: `
      with moved as (
        select user_id, concert_id, reservation_id, count(*) filter (where account = 'wallet') as n,
               -sum(amount) filter (where account = 'wallet') as sum
        from ledger_entries where kind = 'payment' group by 1, 2, 3)
      select coalesce(p.id, m.reservation_id)::text as id,
             'payment of ' || coalesce(p.amount, 0) || ', the wallet lost ' || coalesce(m.sum, 0) || ' in '
               || coalesce(m.n, 0) || ' entries' as why
      from (select * from payments where amount > 0) p
        full join moved m on m.user_id = p.user_id and m.concert_id = p.concert_id and m.reservation_id = p.reservation_id
      where p.id is null or m.n is distinct from 1 or m.sum is distinct from p.amount`,
  },
  {
    name: "refund-moved-its-money",
    says: "Every refund put its amount into its fan's wallet, once, and nothing else did.",
    sql: `
      with moved as (
        select user_id, concert_id, reservation_id, refund_id, count(*) filter (where account = 'wallet') as n,
               sum(amount) filter (where account = 'wallet') as sum
        from ledger_entries where kind = 'refund' group by 1, 2, 3, 4)
      select coalesce(f.id, m.refund_id, m.reservation_id)::text as id,
             'refund of ' || coalesce(f.amount, 0) || ', the wallet got ' || coalesce(m.sum, 0) || ' in '
               || coalesce(m.n, 0) || ' entries' as why
      from (select * from refunds where amount > 0) f
        full join moved m on m.user_id = f.user_id and m.concert_id = f.concert_id
                         and m.reservation_id = f.reservation_id and m.refund_id = f.id
      where f.id is null or m.n is distinct from 1 or m.sum is distinct from f.amount`,
  },
  {
    name: "refunded-what-was-paid",
    says: "What was refunded of a reservation is what it lost: the price of seats given back, and all of it once it is refunded.",
    sql: `
      select r.id::text as id, r.status || ', lost ' || lost.sum || ', refunded ' || given.sum
             || case when p.refunded_at is null then ', payment open' else ', payment given back' end as why
      from reservations r
        left join payments p on p.concert_id = r.concert_id and p.reservation_id = r.id
        cross join lateral (
          select coalesce(sum((seat ->> 'price')::int8), 0) + case when r.status = 'refunded' then r.amount else 0 end as sum
          from jsonb_array_elements(r.refunded_seats) seat) lost
        cross join lateral (
          select coalesce(sum(f.amount), 0)::int8 as sum from refunds f
          where f.concert_id = r.concert_id and f.reservation_id = r.id) given
      where given.sum <> lost.sum or (p.refunded_at is not null) <> (r.status = 'refunded')`,
  },
  {
    name: "ticket-refunded-once",
    says: "A ticket that was refunded is void, and a refund is of the seats of its tickets.",
    sql: `
      select t.ticket_id::text as id, 'refunded, but ' || coalesce(k.status, 'not there') as why
      from refunded_tickets t left join tickets k on k.concert_id = t.concert_id and k.id = t.ticket_id
      where k.status is distinct from 'void'
      union all
      select f.id::text, jsonb_array_length(f.seats) || ' seats, ' || count(t.ticket_id) || ' tickets of them'
      from refunds f
        left join refunded_tickets t on t.concert_id = f.concert_id and t.refund_id = f.id
          and exists (select 1 from tickets k where k.concert_id = t.concert_id and k.id = t.ticket_id
                      and f.seats @> jsonb_build_array(jsonb_build_object('id', k.seat_id)))
      group by f.concert_id, f.id having count(t.ticket_id) <> jsonb_array_length(f.seats)`,
  },
];
