import { type Db, statement, type Tx } from "@/db/client";
import { isDatabaseAway, isRetryable, sqlState } from "@/db/errors";
import { AppError } from "@/lib/core/errors";
import { problemOf } from "@/lib/core/problem";
import { findAnswer, type Intent, type KeptAnswer } from "./queries";
import { isKeptStatus, KEEP_HOURS } from "./rules";

const tryLock = statement<{ free: boolean }>(
  "idempotency_try_lock",
  "select pg_try_advisory_xact_lock(hashtextextended($1, 0)) as free",
);

const take = statement<{ key: string }>(
  "idempotency_take",
  `insert into idempotency_keys (user_id, key, request_hash, status, body, created_at)
   values ($1, $2, $3, 0, '', now())
   on conflict (user_id, key) do update
     set request_hash = excluded.request_hash, status = 0, body = '', created_at = excluded.created_at
     where idempotency_keys.created_at <= now() - interval '${KEEP_HOURS} hours'
   returning key`,
);

const keep = statement<{ key: string }>(
  "idempotency_keep",
  "update idempotency_keys set status = $3, body = $4 where user_id = $1 and key = $2 returning key",
);

const FOREIGN_KEY_VIOLATION = "23503";
const TRIES = 4;

/**
 * Runs a verb at most once per user and key, in one transaction with the key's row, and keeps its answer for 24 hours.
 * A later call of the same request gets that answer back with `replayed: true`. A domain refusal (402, 404, 409, 422) is
 * an answer too: what the verb did is rolled back, the refusal is kept. Anything else that `run` throws undoes it all.
 *
 * Throws `idempotency_in_progress` while the first call is running and `idempotency_key_reused` for another request.
 */
export async function answerOnce(
  db: Db,
  intent: Intent,
  run: (tx: Tx) => Promise<KeptAnswer>,
): Promise<KeptAnswer & { replayed: boolean }> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await db.transaction((tx) => inTransaction(tx as Tx, intent, run));
    } catch (error) {
      if (isRetryable(error) && attempt < TRIES) {
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 20 * attempt));
        continue;
      }
      // The connection may have died after the commit went out: then the row says what happened.
      if (!(error instanceof AppError) && isDatabaseAway(error)) {
        const kept = await findAnswer(db, intent).catch(() => null);
        if (kept) return { ...kept, replayed: false };
      }
      throw error;
    }
  }
}

async function inTransaction(tx: Tx, intent: Intent, run: (tx: Tx) => Promise<KeptAnswer>) {
  const { userId, key, requestHash } = intent;
  // A courtesy only: without it a second call would wait for the first one's row. The row decides.
  const [lock] = await tryLock(tx, [`frontrow:idempotency:${userId}:${key}`]);
  if (!lock?.free) {
    throw new AppError("idempotency_in_progress", "The first call with this Idempotency-Key is still running.", {}, 1);
  }
  const [taken] = await take(tx, [userId, key, requestHash]).catch((error: unknown) => {
    if (sqlState(error) !== FOREIGN_KEY_VIOLATION) throw error;
    throw new AppError("unauthenticated", "The account of this session does not exist.");
  });
  if (!taken) {
    const kept = await findAnswer(tx, intent);
    if (!kept) throw new Error("An idempotency key is neither free nor kept.");
    return { ...kept, replayed: true };
  }
  const answer = await answerOrRefusal(tx, run);
  await keep(tx, [userId, key, answer.status, answer.body]);
  return { ...answer, replayed: false };
}

async function answerOrRefusal(tx: Tx, run: (tx: Tx) => Promise<KeptAnswer>): Promise<KeptAnswer> {
  try {
    return await tx.transaction((savepoint) => run(savepoint as Tx));
  } catch (error) {
    if (!(error instanceof AppError && isKeptStatus(error.status))) throw error;
    return { status: error.status, body: JSON.stringify(problemOf(error)) };
  }
}
