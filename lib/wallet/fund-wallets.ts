import { type Db, statement } from "@/db/client";
import { newId } from "@/lib/core/ids";
import { WALLET_CURRENCY } from "@/lib/core/money";

const fund = statement<never>(
  "wallet_fund",
  `with opened as (
     insert into wallets (user_id, balance, currency) select user_id, $5::int8, $6 from unnest($1::uuid[]) as fan (user_id)
   )
   insert into ledger_entries (user_id, id, transfer_id, account, kind, amount, balance_after, created_at)
   select fan.user_id, leg.id, fan.transfer_id, leg.account, 'top_up', leg.amount, leg.balance_after, now()
   from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[]) as fan (user_id, transfer_id, wallet_id, cash_id),
     lateral (values (wallet_id, 'wallet', $5::int8, $5::int8), (cash_id, 'cash', -$5::int8, null::int8))
       as leg (id, account, amount, balance_after)
   where $5::int8 <> 0`,
);

/**
 * Opens the wallets of new accounts with the same money in each, in one statement: for load tests. `balance` is
 * between 0 and `BALANCE_LIMIT`.
 */
export async function fundWallets(db: Db, { userIds, balance }: { userIds: string[]; balance: number }): Promise<void> {
  const ids = () => userIds.map(newId);
  await fund(db, [userIds, ids(), ids(), ids(), balance, WALLET_CURRENCY]);
}
