import type { Invariant } from "@/lib/core/invariant";

// What an answer names as made: a payment (of a reservation), a top-up's entry, a reservation.
const MADE = `
  kept as materialized (
    select user_id, key, status, body::jsonb as answer from idempotency_keys where status between 200 and 299 and body like '{%'),
  made as (
    select user_id, key,
           case when answer ? 'reservationId' then 'payment' when answer ? 'entry' then 'top-up' else 'reservation' end as what,
           coalesce(answer -> 'entry' ->> 'id', answer ->> 'id')::uuid as id
    from kept
    where (answer ? 'reservationId' and answer ? 'tickets') or answer -> 'entry' ->> 'kind' = 'top_up'
       -- Not one that was only extended.
       or (answer ? 'performanceId' and answer ? 'seats' and status = 201))`;

export const idempotencyInvariants: Invariant[] = [
  {
    name: "one-effect-per-key",
    says: "What a kept answer says was made is there, and no two keys of a fan made the same thing.",
    sql: `
      with ${MADE}
      select m.user_id || ' ' || m.key as id, m.what || ' ' || m.id || ' is not there' as why
      from made m
      where not case m.what
        when 'payment' then exists (select 1 from payments p where p.id = m.id and p.user_id = m.user_id)
        when 'top-up' then exists (select 1 from ledger_entries l where l.user_id = m.user_id and l.id = m.id)
        else exists (select 1 from reservations r where r.id = m.id and r.user_id = m.user_id) end
      union all
      select user_id || ' ' || string_agg(key, ' '), what || ' ' || id || ' was made by ' || count(*) || ' keys'
      from made group by user_id, what, id having count(*) > 1`,
  },
  {
    name: "answer-kept-with-its-key",
    says: "A key in the database has its answer.",
    sql: `
      select user_id || ' ' || key as id, 'no answer' as why from idempotency_keys where status = 0`,
  },
];
