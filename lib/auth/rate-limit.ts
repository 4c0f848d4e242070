import { type Db, statement } from "@/db/client";
import { AppError } from "@/lib/core/errors";

// The count stops one past the limit, so that it cannot overflow however long somebody tries.
const spend = statement<{ count: number; retry_after: number }>(
  "auth_spend_attempt",
  `insert into rate_limits (key, window_start, count) values ($1, now(), 1)
   on conflict (key) do update set
     count = case
       when rate_limits.window_start <= excluded.window_start - make_interval(secs => $2) then 1
       else least(rate_limits.count, $3) + 1
     end,
     window_start = case
       when rate_limits.window_start <= excluded.window_start - make_interval(secs => $2) then excluded.window_start
       else rate_limits.window_start
     end
   returning count,
     ceil(extract(epoch from window_start + make_interval(secs => $2) - now()))::int4 as retry_after`,
);

/**
 * Counts one attempt under `key` (say, `sign-in:<address>`). More than `limit` of them in a window of `windowSeconds`,
 * which starts with the first by the database's clock, throw `rate_limited` with the seconds until it ends. All
 * processes share the count. A window may last a day at most (older rows are cleared away).
 */
export async function spendAttempt(
  db: Db,
  { key, limit, windowSeconds }: { key: string; limit: number; windowSeconds: number },
): Promise<void> {
  const [row] = await spend(db, [key, windowSeconds, limit]);
  if (row && row.count > limit) {
    const retryAfter = Math.min(Math.max(row.retry_after, 1), windowSeconds);
    throw new AppError("rate_limited", "Too many attempts; try again later.", {}, retryAfter);
  }
}

type Limit = { limit: number; windowSeconds: number };

const accountKey = (what: string, account: string): string => `${what}:account:${account}`;

/** Counts one attempt for the caller's address (if it has one) and one for the account. Throws `rate_limited`. */
export async function spendAttempts(
  db: Db,
  what: string,
  { address, account }: { address: string | null; account: string },
  limits: { address: Limit; account: Limit },
): Promise<void> {
  if (address) await spendAttempt(db, { key: `${what}:address:${address}`, ...limits.address });
  await spendAttempt(db, { key: accountKey(what, account), ...limits.account });
}

const forget = statement<never>("auth_forget_attempts", "delete from rate_limits where key = $1");

/** Takes an account's attempts as not made: they led to success. */
export async function forgetAttempts(db: Db, what: string, account: string): Promise<void> {
  await forget(db, [accountKey(what, account)]);
}
