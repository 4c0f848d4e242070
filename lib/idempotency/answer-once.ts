import { type Db, statement, type Tx } from "@/db/client";
import { isDatabaseAway, isRetryable, sqlState } from "@/db/errors";
import { AppError } from "@/lib/core/errors";
import { problemOf } from "@/lib/core/problem";
import { findAnswer, type Intent, type KeptAnswer, keyReused } from "./queries";
import { isKeptStatus, KEEP_HOURS } from "./rules";

type Begun = { free: boolean; request_hash: string | null; status: number | null; body: string | null };

const begin = statement<Begun>(
  "idempotency_begin",
  `select pg_try_advisory_xact_lock(hashtextextended($3, 0)) as free, k.request_hash, k.status, k.body
   from (values (1)) one left join idempotency_keys k
     on k.user_id = $1 and k.key = $2 and k.created_at > now() - interval '${KEEP_HOURS} hours'`,
);

const keep = statement<{ key: string }>(
  "idempotency_keep",
  `insert into idempotency_keys (user_id, key, request_hash, status, body, created_at)
   values ($1, $2, $3, $4, $5, now())
   on conflict (user_id, key) do update
     set request_hash = excluded.request_hash, status = excluded.status, body = excluded.body, created_at = excluded.created_at
     where idempotency_keys.created_at <= now() - interval '${KEEP_HOURS} hours'
   returning key`,
);

/** The first call with a key is not over yet. */
export const stillRunning = (): AppError =>
  new AppError("idempotency_in_progress", "The first call with this Idempotency-Key is still running.", {}, 1);

/** What a key is locked by while its call runs. */
export const lockOf = ({ userId, key }: Pick<Intent, "userId" | "key">): string =>
  `frontrow:idempotency:${userId}:${key}`;

const FOREIGN_KEY_VIOLATION = "23503";
const TRIES = 4;

/** Another call with the same key was faster: what this one did is undone, and that one's answer holds. */
export class Outrun extends Error {}

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
      return await db.transaction((tx) => runAndKeep(tx as Tx, intent, run));
    } catch (error) {
      if (error instanceof AppError && isKeptStatus(error.status) && !isAboutTheKey(error)) {
        return await keepRefusal(db, intent, { status: error.status, body: JSON.stringify(problemOf(error)) });
      }
      if ((isRetryable(error) || error instanceof Outrun) && attempt < TRIES) {
        if (isRetryable(error)) await new Promise((resolve) => setTimeout(resolve, Math.random() * 20 * attempt));
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

/** The key's row comes last, with the answer: its primary key lets one of several through, and undoes the others. */
async function runAndKeep(tx: Tx, intent: Intent, run: (tx: Tx) => Promise<KeptAnswer>) {
  const { userId, key, requestHash } = intent;
  const [begun] = await begin(tx, [userId, key, lockOf(intent)]);
  if (begun?.status != null && begun.body != null) {
    if (begun.request_hash !== requestHash) throw keyReused();
    return { status: begun.status, body: begun.body, replayed: true };
  }
  // A courtesy only: without it a second call would do its work, to find at the end that it was outrun.
  if (!begun?.free) {
    throw stillRunning();
  }
  const answer = await run(tx);
  if (!(await wasKept(tx, intent, answer))) throw new Outrun();
  return { ...answer, replayed: false };
}

async function keepRefusal(db: Db, intent: Intent, refusal: KeptAnswer) {
  if (await wasKept(db, intent, refusal)) return { ...refusal, replayed: false };
  const kept = await findAnswer(db, intent);
  if (!kept) throw new Error("An idempotency key is neither free nor kept.");
  return { ...kept, replayed: true };
}

async function wasKept(db: Db, { userId, key, requestHash }: Intent, { status, body }: KeptAnswer): Promise<boolean> {
  const rows = await keep(db, [userId, key, requestHash, status, body]).catch((error: unknown) => {
    if (sqlState(error) !== FOREIGN_KEY_VIOLATION) throw error;
    throw new AppError("unauthenticated", "The account of this session does not exist.");
  });
  return rows.length > 0;
}

const isAboutTheKey = ({ code }: AppError): boolean =>
  code === "idempotency_in_progress" || code === "idempotency_key_reused";
