import type { Invariant } from "@/lib/core/invariant";

export const catalogInvariants: Invariant[] = [
  {
    name: "every-seat-there",
    says: "A performance has every seat of its concert's sections (one that is over, of those that were there then).",
    sql: `
      with there as (
        select concert_id, performance_id, section_id, count(*) as n from seats group by 1, 2, 3)
      select p.id || ' ' || x.id as id,
             coalesce(there.n, 0) || ' seats in section ' || x.name || ' instead of ' || x.rows * x.seats_per_row as why
      from performances p
        join sections x on x.concert_id = p.concert_id
        left join there on there.concert_id = p.concert_id and there.performance_id = p.id and there.section_id = x.id
      where coalesce(there.n, 0) <> x.rows * x.seats_per_row and (there.n is not null or p.starts_at > now())`,
  },
];
