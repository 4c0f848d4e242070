import { type Db, statement } from "@/db/client";
import { sqlState } from "@/db/errors";
import { notFound } from "@/lib/core/errors";
import { newId } from "@/lib/core/ids";
import { WALLET_CURRENCY } from "@/lib/core/money";
import { insufficientBalance, walletFull } from "./errors";
import { openWallet } from "./open-wallet";
import { getWallet } from "./queries";
import { BALANCE_LIMIT } from "./rules";
import type { Adjustment, Wallet, WalletEntry } from "./schema";
import { collectOwed } from "./take-back";

// The condition on the balance decides between this and payments at the same moment.
const move = statement<{ balance: number | null; created_at: Date }>(
  "wallet_adjust",
  `with moved as (
     update wallets set balance = balance + $2::int8
     where user_id = $1 and balance + $2::int8 >= 0 and ($2::int8 < 0 or balance + $2::int8 <= $3)
     returning balance
   )
   insert into ledger_entries
     (user_id, id, transfer_id, account, kind, amount, balance_after, reason, made_by, created_at)
   select $1::uuid, leg.id, $4::uuid, leg.account, 'adjustment', leg.amount, leg.balance_after, $7, $8::uuid, now()
   from moved,
     lateral (values ($5::uuid, 'wallet', $2::int8, moved.balance), ($6::uuid, 'adjustments', -$2::int8, null::int8))
       as leg (id, account, amount, balance_after)
   returning balance_after as balance, created_at`,
);

/**
 * Corrects a wallet by hand: adds `amount` (negative: takes it), with the reason and who did it in the books for good.
 * What the fan owes is collected from what is added. Throws `insufficient_balance` (never below zero),
 * `balance_limit_exceeded`, and `not_found` for an unknown account.
 */
export async function adjustWallet(
  db: Db,
  { userId, amount, reason, madeBy }: Adjustment & { userId: string; madeBy: string },
): Promise<Wallet & { entry: WalletEntry }> {
  return await db.transaction(async (tx) => {
    await openWallet(tx, userId).catch((error) => {
      throw sqlState(error) === "23503" ? notFound("account") : error;
    });
    const entryId = newId();
    const values = [userId, amount, BALANCE_LIMIT, newId(), entryId, newId(), reason, madeBy];
    const adjusted = (await move(tx, values)).find((row) => row.balance !== null);
    if (!adjusted || adjusted.balance === null) {
      const { balance } = await getWallet(tx, userId);
      throw amount < 0 ? insufficientBalance(balance, -amount) : walletFull(balance);
    }
    const { balance: balanceAfter, created_at: createdAt } = adjusted;
    const balance = (amount > 0 ? await collectOwed(tx, userId) : null) ?? balanceAfter;
    const entry = { id: entryId, kind: "adjustment" as const, amount, balanceAfter, createdAt };
    return { balance, currency: WALLET_CURRENCY, entry: { ...entry, reservationId: null, reason } };
  });
}
