import { type Db, statement } from "@/db/client";
import { sqlState } from "@/db/errors";
import { notFound } from "@/lib/core/errors";
import { newId } from "@/lib/core/ids";
import { WALLET_CURRENCY } from "@/lib/core/money";
import { dailyLimitReached, walletFull } from "./errors";
import { dailyTopUpLimit } from "./limits";
import { getWallet, readToppedUpToday, TODAY } from "./queries";
import { BALANCE_LIMIT } from "./rules";
import type { TopUp, Wallet, WalletEntry } from "./schema";

// Opens the wallet if this is the first money, moves it, and writes both sides: all of it or nothing. The condition on
// the wallet's row decides between top-ups at the same moment, on the cap as on the day.
const move = statement<{ balance: number; created_at: Date }>(
  "wallet_top_up",
  `with moved as (
     insert into wallets (user_id, balance, currency, top_up_day, top_up_day_amount)
     values ($1::uuid, $2::int8, $3, ${TODAY}, $2::int8)
     on conflict (user_id) do update set
       balance = wallets.balance + excluded.balance,
       top_up_day = excluded.top_up_day,
       top_up_day_amount = excluded.top_up_day_amount
         + case when wallets.top_up_day = excluded.top_up_day then wallets.top_up_day_amount else 0 end
     where wallets.balance + excluded.balance <= $4
       and excluded.top_up_day_amount
         + case when wallets.top_up_day = excluded.top_up_day then wallets.top_up_day_amount else 0 end <= $8
     returning balance
   )
   insert into ledger_entries (user_id, id, transfer_id, account, kind, amount, balance_after, top_up_id, created_at)
   select $1::uuid, leg.id, $5::uuid, leg.account, 'top_up', leg.amount, leg.balance_after, $9::uuid, now()
   from moved,
     lateral (values ($6::uuid, 'wallet', $2::int8, moved.balance), ($7::uuid, 'cash', -$2::int8, null::int8))
       as leg (id, account, amount, balance_after)
   returning balance_after as balance, created_at`,
);

/** A wallet after money came in, and the entry of it. */
export type Added = Wallet & { entry: WalletEntry };

async function add(
  db: Db,
  { userId, amount, topUpId = null, cap, dailyLimit }: Credit & { cap: number; dailyLimit: number },
): Promise<Added | null> {
  const entryId = newId();
  const values = [userId, amount, WALLET_CURRENCY, cap, newId(), entryId, newId(), dailyLimit, topUpId];
  const rows = await move(db, values).catch((error) => {
    // The only foreign key that this statement can miss is the account's.
    throw sqlState(error) === "23503" ? notFound("account") : error;
  });
  const wallet = rows.find((row) => row.balance !== null);
  if (!wallet) return null;
  const { balance, created_at: createdAt } = wallet;
  const entry = { id: entryId, kind: "top_up" as const, amount, balanceAfter: balance, createdAt };
  return { balance, currency: WALLET_CURRENCY, entry: { ...entry, reservationId: null, reason: null } };
}

/**
 * Adds money to a fan's wallet. The input has passed `topUpSchema`. Throws `balance_limit_exceeded` with `limit` and
 * `balance` if the wallet would hold more than `BALANCE_LIMIT`, with `dailyLimit` and `today` besides if more would be
 * added than a day allows (a calendar day of `WALLET_TIME_ZONE`); `not_found` for an unknown account.
 */
export async function topUp(
  db: Db,
  { userId, amount, dailyLimit = dailyTopUpLimit() }: TopUp & { userId: string; dailyLimit?: number },
): Promise<Added> {
  // A first top-up meets no row that could refuse it; its own amount is bounded well below the wallet's cap.
  const added = amount <= dailyLimit ? await add(db, { userId, amount, cap: BALANCE_LIMIT, dailyLimit }) : null;
  if (added) return added;
  const { balance } = await getWallet(db, userId);
  if (balance + amount > BALANCE_LIMIT) throw walletFull(balance);
  throw dailyLimitReached(balance, dailyLimit, await readToppedUpToday(db, userId));
}

type Credit = { userId: string; amount: number; topUpId?: string | null };

/**
 * Adds money that a provider has taken already, so no limit refuses it; it counts for its day all the same. A top-up
 * is credited once: again is a unique violation.
 */
export async function creditTopUp(db: Db, credit: Credit & { topUpId: string }): Promise<Added> {
  const added = await add(db, { ...credit, cap: Number.MAX_SAFE_INTEGER, dailyLimit: Number.MAX_SAFE_INTEGER });
  if (!added) throw new Error(`The wallet of ${credit.userId} cannot hold what has arrived.`);
  return added;
}
