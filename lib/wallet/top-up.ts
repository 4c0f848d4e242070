import { type Db, statement } from "@/db/client";
import { sqlState } from "@/db/errors";
import { AppError, notFound } from "@/lib/core/errors";
import { newId } from "@/lib/core/ids";
import { WALLET_CURRENCY } from "@/lib/core/money";
import { getWallet } from "./queries";
import { BALANCE_LIMIT } from "./rules";
import type { TopUp, Wallet, WalletEntry } from "./schema";

// Opens the wallet if this is the first money, moves it, and writes both sides: all of it or nothing.
const move = statement<{ balance: number; created_at: Date }>(
  "wallet_top_up",
  `with moved as (
     insert into wallets (user_id, balance, currency) values ($1::uuid, $2::int8, $3)
     on conflict (user_id) do update set balance = wallets.balance + excluded.balance
       where wallets.balance + excluded.balance <= $4
     returning balance
   )
   insert into ledger_entries (user_id, id, transfer_id, account, kind, amount, balance_after, created_at)
   select $1::uuid, leg.id, $5::uuid, leg.account, 'top_up', leg.amount, leg.balance_after, now()
   from moved,
     lateral (values ($6::uuid, 'wallet', $2::int8, moved.balance), ($7::uuid, 'cash', -$2::int8, null::int8))
       as leg (id, account, amount, balance_after)
   returning balance_after as balance, created_at`,
);

/**
 * Adds money to a fan's wallet. The input has passed `topUpSchema`. Throws `balance_limit_exceeded` with `limit` and
 * `balance` if the wallet would hold more than `BALANCE_LIMIT`, `not_found` for an unknown account.
 */
export async function topUp(
  db: Db,
  { userId, amount }: TopUp & { userId: string },
): Promise<Wallet & { entry: WalletEntry }> {
  const [entryId, transferId] = [newId(), newId()];
  const values = [userId, amount, WALLET_CURRENCY, BALANCE_LIMIT, transferId, entryId, newId()];
  const rows = await move(db, values).catch((error) => {
    // The only foreign key that this statement can miss is the account's.
    throw sqlState(error) === "23503" ? notFound("account") : error;
  });
  const wallet = rows.find((row) => row.balance !== null);
  if (!wallet) {
    const { balance } = await getWallet(db, userId);
    throw new AppError("balance_limit_exceeded", `A wallet holds at most ${BALANCE_LIMIT} ${WALLET_CURRENCY}.`, {
      limit: BALANCE_LIMIT,
      balance,
    });
  }
  return {
    balance: wallet.balance,
    currency: WALLET_CURRENCY,
    entry: {
      id: entryId,
      kind: "top_up",
      amount,
      balanceAfter: wallet.balance,
      createdAt: wallet.created_at,
      reservationId: null,
    },
  };
}
