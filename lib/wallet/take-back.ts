import { type Db, statement } from "@/db/client";
import { newId } from "@/lib/core/ids";

const lockWallet = statement<{ balance: number }>(
  "wallet_lock",
  "select balance from wallets where user_id = $1 for update",
);

const collect = statement<{ balance: number | null }>(
  "wallet_collect",
  `with due as (
     select least(w.balance, o.owed) as amount
     from wallets w,
       (select coalesce(-sum(amount), 0)::int8 as owed from ledger_entries where user_id = $1 and account = 'receivable') o
     where w.user_id = $1
   ), moved as (
     update wallets set balance = wallets.balance - due.amount from due
     where wallets.user_id = $1 and due.amount > 0
     returning wallets.balance
   )
   insert into ledger_entries (user_id, id, transfer_id, account, kind, amount, balance_after, created_at)
   select $1::uuid, leg.id, $2::uuid, leg.account, 'reversal', leg.amount, leg.balance_after, now()
   from moved, due,
     lateral (values ($3::uuid, 'wallet', -due.amount, moved.balance), ($4::uuid, 'receivable', due.amount, null::int8))
       as leg (id, account, amount, balance_after)
   returning balance_after as balance`,
);

/**
 * Takes what a fan owes, as far as the wallet goes, and says what is left in it (null: nothing was owed or there). The
 * transaction has moved money in this wallet before, and so holds its row: what is owed cannot change meanwhile.
 */
export async function collectOwed(tx: Db, userId: string): Promise<number | null> {
  const rows = await collect(tx, [userId, newId(), newId(), newId()]);
  return rows.find((row) => row.balance !== null)?.balance ?? null;
}

const oweForTopUp = statement<never>(
  "wallet_owe",
  `insert into ledger_entries (user_id, id, transfer_id, account, kind, amount, top_up_id, created_at)
   select $1::uuid, leg.id, $2::uuid, leg.account, 'reversal', leg.amount, $6::uuid, now()
   from (values ($3::uuid, 'cash', $5::int8), ($4::uuid, 'receivable', -$5::int8)) as leg (id, account, amount)`,
);

const giveAgain = statement<never>(
  "wallet_give_again",
  `with moved as (update wallets set balance = balance + $5::int8 where user_id = $1 returning balance)
   insert into ledger_entries (user_id, id, transfer_id, account, kind, amount, balance_after, top_up_id, created_at)
   select $1::uuid, leg.id, $2::uuid, leg.account, 'reversal', leg.amount, leg.balance_after, $6::uuid, now()
   from moved,
     lateral (values ($3::uuid, 'wallet', $5::int8, moved.balance), ($4::uuid, 'cash', -$5::int8, null::int8))
       as leg (id, account, amount, balance_after)`,
);

/**
 * Follows a provider that took a credited top-up back (`amount` > 0) or let it stand after all (`amount` < 0), inside
 * the transaction that takes its message. What the wallet does not hold stays owed, on the house's `receivable`, and is
 * collected from the next money that reaches the wallet; a balance is never negative.
 */
export async function takeBackTopUp(
  tx: Db,
  { userId, topUpId, amount }: { userId: string; topUpId: string; amount: number },
): Promise<void> {
  await lockWallet(tx, [userId]);
  const values = [userId, newId(), newId(), newId(), Math.abs(amount), topUpId];
  if (amount > 0) await oweForTopUp(tx, values);
  if (amount < 0) await giveAgain(tx, values);
  await collectOwed(tx, userId);
}
