import { type Db, statement } from "@/db/client";
import { AppError } from "@/lib/core/errors";
import { KEEP_HOURS } from "./rules";

/** One call and who makes it. */
export type Intent = { userId: string; key: string; requestHash: string };

/** An answer's status and body; `body` is the very text that was or will be sent. */
export type KeptAnswer = { status: number; body: string };

const find = statement<{ request_hash: string; status: number; body: string }>(
  "idempotency_find",
  `select request_hash, status, body from idempotency_keys
   where user_id = $1 and key = $2 and created_at > now() - interval '${KEEP_HOURS} hours'`,
);

export const keyReused = (): AppError =>
  new AppError("idempotency_key_reused", "This Idempotency-Key was used for a different request.");

/**
 * The answer that was given to this key, or null if there is none yet (or it is older than 24 hours). Throws
 * `idempotency_key_reused` if the key was used for another request.
 */
export async function findAnswer(db: Db, intent: Intent): Promise<KeptAnswer | null> {
  const [row] = await find(db, [intent.userId, intent.key]);
  if (!row) return null;
  if (row.request_hash !== intent.requestHash) throw keyReused();
  return { status: row.status, body: row.body };
}
