import { type Db, statement } from "@/db/client";
import type { ProviderName } from "@/db/constants";
import { sqlState } from "@/db/errors";
import { AppError, notFound } from "@/lib/core/errors";
import { newId } from "@/lib/core/ids";
import { WALLET_CURRENCY } from "@/lib/core/money";
import { dailyLimitReached, walletFull } from "@/lib/wallet/errors";
import { dailyTopUpLimit } from "@/lib/wallet/limits";
import { openWallet } from "@/lib/wallet/open-wallet";
import { TODAY } from "@/lib/wallet/queries";
import { BALANCE_LIMIT } from "@/lib/wallet/rules";
import { TOP_UP_COLUMNS, type TopUpRow } from "./top-up-queries";

const lockWallet = statement<{ balance: number; today: number }>(
  "top_up_lock_wallet",
  `select balance, case when top_up_day = ${TODAY} then top_up_day_amount else 0 end as today
   from wallets where user_id = $1 for update`,
);

// In statements of their own after the lock: they see what whoever had it before has written.
const findByKey = statement<TopUpRow & { is_kept: boolean }>(
  "top_up_find_by_key",
  `select ${TOP_UP_COLUMNS}, created_at > now() - interval '24 hours' as is_kept
   from top_ups where user_id = $1 and request_key = $2`,
);

const freeKey = statement<never>(
  "top_up_free_key",
  "update top_ups set request_key = null where user_id = $1 and request_key = $2",
);

const sumPending = statement<{ pending: number }>(
  "top_up_sum_pending",
  "select coalesce(sum(amount), 0)::int8 as pending from top_ups where user_id = $1 and status = 'pending'",
);

const insert = statement<TopUpRow>(
  "top_up_insert",
  `insert into top_ups (user_id, id, provider, amount, currency, request_key, created_at, check_at)
   values ($1, $2, $3, $4, $5, $6, now(), now() + interval '2 minutes') returning ${TOP_UP_COLUMNS}`,
);

/**
 * Writes down that a fan sets out to add money, before any provider hears of it; with a `requestKey` the one that was
 * written down with it in the last 24 hours. The wallet's limits are kept by what it holds, what was added today and
 * what is on its way, all under the wallet's lock. Throws `balance_limit_exceeded`, `idempotency_key_reused` for
 * another amount under the key, and `not_found` for an unknown account.
 */
export async function openTopUp(
  db: Db,
  request: {
    userId: string;
    amount: number;
    provider: ProviderName;
    requestKey: string | null;
    dailyLimit?: number;
  },
): Promise<TopUpRow> {
  const { userId, amount, provider, requestKey, dailyLimit = dailyTopUpLimit() } = request;
  return await db.transaction(async (tx) => {
    await openWallet(tx, userId).catch((error) => {
      throw sqlState(error) === "23503" ? notFound("account") : error;
    });
    const [{ balance = 0, today = 0 } = {}] = await lockWallet(tx, [userId]);
    const [known] = requestKey ? await findByKey(tx, [userId, requestKey]) : [];
    if (known?.is_kept) {
      if (known.amount === amount && known.provider === provider) return known;
      throw new AppError("idempotency_key_reused", "This Idempotency-Key was used for a different request.");
    }
    if (known) await freeKey(tx, [userId, requestKey]);
    const [{ pending = 0 } = {}] = await sumPending(tx, [userId]);
    if (balance + pending + amount > BALANCE_LIMIT) throw walletFull(balance);
    if (today + pending + amount > dailyLimit) throw dailyLimitReached(balance, dailyLimit, today + pending);
    const [row] = await insert(tx, [userId, newId(), provider, amount, WALLET_CURRENCY, requestKey]);
    return row as TopUpRow;
  });
}
