import type { Invariant } from "@/lib/core/invariant";

export const paymentInvariants: Invariant[] = [
  {
    name: "paid-once",
    says: "A reservation that was paid has one payment, of its amount and by its fan; any other has none.",
    sql: `
      select coalesce(r.id, p.reservation_id)::text as id,
             coalesce(r.status, 'no reservation') || ' of ' || coalesce(r.amount, 0) || ', ' || coalesce(p.n, 0)
               || ' payments of ' || coalesce(p.sum, 0) as why
      from reservations r
        full join (select concert_id, reservation_id, count(*) as n, sum(amount) as sum, min(user_id::text) as user_id
                   from payments group by concert_id, reservation_id) p
          on p.concert_id = r.concert_id and p.reservation_id = r.id
      where r.id is null
         or coalesce(p.n, 0) <> case when r.status in ('paid', 'refunded') then 1 else 0 end
         or (p.n = 1 and (p.sum <> r.amount or p.user_id <> r.user_id::text))`,
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
    says: "A payment was given back if and only if its reservation is refunded, in full and once.",
    sql: `
      with moved as (
        select user_id, concert_id, reservation_id, count(*) filter (where account = 'wallet') as n,
               sum(amount) filter (where account = 'wallet') as sum
        from ledger_entries where kind = 'refund' group by 1, 2, 3)
      select coalesce(p.reservation_id, m.reservation_id)::text as id,
             coalesce(r.status, 'no reservation') || ', payment of ' || coalesce(p.amount, 0)
               || case when p.refunded_at is null then ' not' else '' end || ' given back, the wallet got '
               || coalesce(m.sum, 0) || ' in ' || coalesce(m.n, 0) || ' entries' as why
      from payments p
        left join reservations r on r.concert_id = p.concert_id and r.id = p.reservation_id
        full join moved m on m.user_id = p.user_id and m.concert_id = p.concert_id and m.reservation_id = p.reservation_id
      where p.id is null
         or (p.refunded_at is not null) <> (r.status = 'refunded')
         or coalesce(m.n, 0) <> case when p.refunded_at is not null and p.amount > 0 then 1 else 0 end
         or coalesce(m.sum, 0) <> case when p.refunded_at is null then 0 else p.amount end`,
  },
];
