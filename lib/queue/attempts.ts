import { type Db, statement, type Tx } from "@/db/client";
import { AppError } from "@/lib/core/errors";

/** What is counted: so many more tries under a key, within a window that the first of them opens. */
export type Attempt = { key: string; count: number; windowSeconds: number };

/** All tries of a key so far, those just counted among them, and the seconds until its window ends. */
export type Counted = { count: number; retryAfter: number };

// The count stops at a billion, so that it cannot overflow however long somebody tries.
const countAll = statement<{ key: string; count: number; retry_after: number }>(
  "queue_count_attempts",
  `insert into queue_attempts (concert_id, key, ends_at, count)
   select $1, key, now() + make_interval(secs => seconds), n
   from unnest($2::text[], $3::int[], $4::int[]) as new (key, n, seconds)
   on conflict (concert_id, key) do update set
     count = case when queue_attempts.ends_at <= now() then excluded.count
                  else least(queue_attempts.count::int8 + excluded.count, 1000000000)::int end,
     ends_at = case when queue_attempts.ends_at <= now() then excluded.ends_at else queue_attempts.ends_at end
   returning key, count, ceil(extract(epoch from ends_at - now()))::int as retry_after`,
);

/**
 * Counts attempts at one line's door, shared by all processes; one statement for however many. To be called under the
 * room's lock: two batches that count the same keys in another order would otherwise wait for each other.
 */
export async function countAttempts(tx: Tx, concertId: string, attempts: Attempt[]): Promise<Map<string, Counted>> {
  if (attempts.length === 0) return new Map();
  const keys = attempts.map((one) => one.key);
  const counts = attempts.map((one) => one.count);
  const windows = attempts.map((one) => one.windowSeconds);
  const rows = await countAll(tx, [concertId, keys, counts, windows]);
  return new Map(rows.map((row) => [row.key, { count: row.count, retryAfter: Math.max(1, row.retry_after) }]));
}

const readAll = statement<{ key: string; count: number; retry_after: number }>(
  "queue_read_attempts",
  `select key, count, ceil(extract(epoch from ends_at - now()))::int as retry_after
   from queue_attempts where concert_id = $1 and key = any($2::text[]) and ends_at > now()`,
);

/** What is counted under these keys in windows that are not over. */
export async function readAttempts(tx: Tx, concertId: string, keys: string[]): Promise<Map<string, Counted>> {
  const rows = await readAll(tx, [concertId, keys]);
  return new Map(rows.map((row) => [row.key, { count: row.count, retryAfter: Math.max(1, row.retry_after) }]));
}

/** `rate_limited`, with the seconds until the window ends. */
export const tooManyAttempts = (retryAfter: number): AppError =>
  new AppError("rate_limited", "Too many attempts at this line; try again later.", {}, retryAfter);

const forget = statement<{ key: string }>(
  "queue_forget_attempts",
  `delete from queue_attempts where (concert_id, key) in (
     select concert_id, key from queue_attempts where ends_at <= now() limit $1 for update skip locked)
   returning key`,
);

/** Deletes at most `limit` windows that are over; answers how many. They count no more. */
export const forgetAttempts = async (db: Db, limit: number): Promise<number> => (await forget(db, [limit])).length;
