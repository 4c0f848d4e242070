import { type Db, statement } from "@/db/client";
import { forgetAttempts } from "./attempts";

const forgetRevocations = statement<{ seq: number }>(
  "queue_forget_revocations",
  `delete from queue_revocations where (concert_id, seq) in (
     select r.concert_id, r.seq from queue_revocations r join queues q on q.concert_id = r.concert_id
     where r.number <= q.served_through limit $1)
   returning seq`,
);

/**
 * Deletes at most `limit` each of attempts whose window is over and of replaced tokens whose numbers came up; answers how
 * many. Tidies only: neither is looked at any more.
 */
export async function tidyDoor(db: Db, limit = 1000): Promise<number> {
  return (await forgetAttempts(db, limit)) + (await forgetRevocations(db, [limit])).length;
}
