import { type Db, statement } from "@/db/client";
import { KEEP_HOURS } from "./rules";

const forget = statement<{ key: string }>(
  "idempotency_forget",
  // Materialized: as a sub-select the locked rows may be looked up again for each row, and the limit with them.
  `with old as materialized (
     select user_id, key from idempotency_keys
     where created_at <= now() - interval '${KEEP_HOURS} hours' order by created_at limit $1 for update skip locked)
   delete from idempotency_keys k using old where k.user_id = old.user_id and k.key = old.key
   returning k.key`,
);

/** Deletes at most `limit` answers that are past their 24 hours; returns how many. Tidies only: they count no more. */
export async function forgetOldKeys(db: Db, limit = 1000): Promise<number> {
  return (await forget(db, [limit])).length;
}
