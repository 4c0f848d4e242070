import { type Db, statement } from "@/db/client";
import { HISTORY_BUCKET } from "./history";

const depart = statement<never>(
  "queue_depart",
  `with departed as (
     insert into queue_departures (concert_id, seq, number) values ($1, $2, $3)),
   counted as (
     insert into queue_history (concert_id, at, departed, invited)
     values ($1, ${HISTORY_BUCKET}, case when $4 then 0 else 1 end, case when $4 then 1 else 0 end)
     on conflict (concert_id, at) do update
     set departed = queue_history.departed + excluded.departed, invited = queue_history.invited + excluded.invited)
   update queues set departures = $2, invited = invited + case when $4 then 1 else 0 end where concert_id = $1`,
);

/**
 * Takes a number out of the line before its turn, so that everyone behind moves on by one; under the room's lock, with
 * `seq` one above the room's `departures`. `isInvited`: its fan passes the line and has not given up.
 */
export async function departNumber(
  tx: Db,
  {
    concertId,
    seq,
    number,
    isInvited = false,
  }: { concertId: string; seq: number; number: number; isInvited?: boolean },
): Promise<void> {
  await depart(tx, [concertId, seq, number, isInvited]);
}
