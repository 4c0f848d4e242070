import { type Db, statement } from "@/db/client";
import { EPOCH } from "./history";

/** Older rows become longer ones: ten seconds for a day, minutes for two weeks, ten minutes from then on. */
const LEVELS = [
  { olderThan: "1 day", into: 60, chunk: "1 hour" },
  { olderThan: "14 days", into: 600, chunk: "1 day" },
] as const;

type Chunk = { concert_id: string; from: Date; to: Date };

function levelOf({ olderThan, into, chunk }: (typeof LEVELS)[number]) {
  const bin = `date_bin('${into} seconds', at, ${EPOCH})`;
  const inChunk = "concert_id = $1 and at >= $2 and at < $3";
  return {
    findChunks: statement<Chunk>(
      `queue_find_history_to_${into}`,
      `select q.concert_id, f.from, f.from + interval '${chunk}' as to
       from queues q,
         lateral (select date_bin('${chunk}', min(h.at), ${EPOCH}) as from from queue_history h
                  where h.concert_id = q.concert_id and h.seconds < ${into}
                    and h.at < date_bin('${chunk}', now() - interval '${olderThan}', ${EPOCH})) f
       where f.from is not null limit $1`,
    ),
    /**
     * The first row of each stretch takes the others' counts in. What it becomes is worked out from one snapshot, so
     * that two processes at the same chunk write the same.
     */
    foldChunk: statement<never>(
      `queue_fold_history_to_${into}`,
      `with sums as (
         select ${bin} as bin, sum(joined)::int as joined, sum(admitted)::int as admitted, sum(departed)::int as departed,
                sum(invited)::int as invited, sum(expired)::int as expired, sum(deferred)::int as deferred,
                round(avg(waiting))::int as waiting, round(avg(inside))::int as inside, min(seats_left) as seats_left
         from queue_history where ${inChunk} group by 1),
       waited as (
         select bin, array_agg(n order by class) as waits
         from (select ${bin} as bin, w.class, sum(w.n)::int as n
               from queue_history, unnest(waits) with ordinality w(n, class) where ${inChunk} group by 1, 2) each
         group by 1),
       gone as (delete from queue_history where ${inChunk} and at <> ${bin})
       insert into queue_history
         (concert_id, at, seconds, joined, admitted, departed, invited, expired, deferred, waiting, inside, seats_left, waits)
       select $1, bin, ${into}, joined, admitted, departed, invited, expired, deferred, waiting, inside, seats_left, waits
       from sums left join waited using (bin)
       on conflict (concert_id, at) do update
       set seconds = excluded.seconds, joined = excluded.joined, admitted = excluded.admitted,
           departed = excluded.departed, invited = excluded.invited, expired = excluded.expired,
           deferred = excluded.deferred, waiting = excluded.waiting, inside = excluded.inside,
           seats_left = excluded.seats_left, waits = excluded.waits`,
    ),
  };
}

const levels = LEVELS.map(levelOf);

/** Folds old history of at most `limit` chunks (an hour, or a day, of one concert each); answers how many. */
export async function foldHistory(db: Db, limit = 20): Promise<number> {
  let folded = 0;
  for (const { findChunks, foldChunk } of levels) {
    for (const { concert_id, from, to } of await findChunks(db, [limit - folded])) {
      await foldChunk(db, [concert_id, from, to]);
      folded += 1;
    }
  }
  return folded;
}
