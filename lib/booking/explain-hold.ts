import { type Db, statement } from "@/db/client";
import { notFound } from "@/lib/core/errors";
import { explainRefusal, type PresentedToken } from "@/lib/queue/admission";
import { notOnSale, seatLimitExceeded, seatUnavailable } from "./errors";

type Explanation = {
  found: boolean;
  on_sale: boolean;
  seat_limit: number;
  mine: number;
  known: number;
  taken: string[];
  has_rule: boolean;
};

const readExplanation = statement<Explanation>(
  "booking_explain_hold",
  `select p.id is not null as found,
          coalesce(p.starts_at > now() and c.sale_opens_at <= now() and (c.sale_closes_at is null or c.sale_closes_at > now()), false) as on_sale,
          c.max_seats_per_fan as seat_limit,
          (select coalesce(sum(seat_count), 0)::int from reservations
            where concert_id = $1 and user_id = $2 and (status = 'paid' or (status = 'held' and expires_at > now()))) as mine,
          s.known, s.taken, c.orphan_seat_rule as has_rule
   from concerts c left join performances p on p.concert_id = $1 and p.id = $3,
     lateral (select count(*)::int as known,
                     coalesce(array_agg(id) filter (where sold_at is not null or held_until > now()), '{}') as taken
              from seats where concert_id = $1 and performance_id = $3 and id = any((select $4::uuid[])::uuid[])) s
   where c.id = $1`,
);

/**
 * Throws why a hold of `count` seats took nothing; if nothing stands in its way any more, answers whether the concert has
 * the rule against seats left alone, which asks for a hold of another kind.
 */
export async function explainHold(
  db: Db,
  wanted: { admission: PresentedToken; performanceId: string; seatIds: string[]; count: number },
): Promise<{ hasRule: boolean }> {
  const { admission, performanceId, seatIds, count } = wanted;
  await explainRefusal(db, admission);
  const [why] = await readExplanation(db, [admission.concertId, admission.userId, performanceId, seatIds]);
  if (!why?.found) throw notFound("performance");
  if (!why.on_sale) throw notOnSale();
  if (why.known < seatIds.length) throw notFound("seat");
  if (why.mine + count > why.seat_limit) throw seatLimitExceeded(why.seat_limit);
  if (why.taken.length > 0) throw seatUnavailable(why.taken);
  return { hasRule: why.has_rule };
}
