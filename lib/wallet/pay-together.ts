import { statement, type Tx } from "@/db/client";
import { newId } from "@/lib/core/ids";
import type { ReservationTransfer } from "./pay-from-wallet";

const readBalances = statement<{ user_id: string; balance: number }>(
  "wallet_read_balances",
  "select user_id, balance from wallets where user_id = any((select $1::uuid[])::uuid[])",
);

/** What these fans have; whoever has no wallet yet is not in it. */
export async function balancesOf(tx: Tx, userIds: readonly string[]): Promise<Map<string, number>> {
  return new Map((await readBalances(tx, [userIds])).map((row) => [row.user_id, row.balance]));
}

// As `wallet_pay`, for many fans at once, each of them once. `locked` has the wallets locked in the order of their ids, as
// top-ups that are made together have them; an update alone takes them as they lie on the disk.
const move = statement<{ user_id: string; balance: number | null }>(
  "wallet_pay_together",
  `with asked as (
     select * from unnest((select $1::uuid[]), (select $2::int8[]), (select $3::text[]), (select $4::uuid[]), (select $5::uuid[]),
                          (select $6::uuid[]), (select $7::uuid[]), (select $8::uuid[]), (select $9::timestamptz[]))
       as a (user_id, amount, currency, transfer_id, entry_id, other_id, concert_id, reservation_id, at)),
   locked as (
     select user_id from wallets where user_id = any((select $1::uuid[])::uuid[]) order by user_id for update),
   moved as (
     update wallets w set balance = w.balance - a.amount
     from asked a join locked on locked.user_id = a.user_id
     where w.user_id = any((select $1::uuid[])::uuid[]) and w.user_id = a.user_id and w.currency = a.currency
       and w.balance >= a.amount
     returning w.user_id, w.balance)
   insert into ledger_entries
     (user_id, id, transfer_id, account, kind, amount, balance_after, concert_id, reservation_id, created_at)
   select a.user_id, leg.id, a.transfer_id, leg.account, 'payment', leg.amount, leg.balance_after, a.concert_id, a.reservation_id, a.at
   from asked a join moved on moved.user_id = a.user_id,
     lateral (values (a.entry_id, 'wallet', -a.amount, moved.balance), (a.other_id, 'revenue', a.amount, null::int8))
       as leg (id, account, amount, balance_after)
   returning user_id, balance_after as balance`,
);

/**
 * Takes the prices of many fans' reservations from their wallets in one statement, inside the payments' transaction:
 * their balances after it. Throws unless each of them could pay, so that the transaction takes everything back. Every
 * amount is more than 0, and no fan may be named twice.
 */
export async function payFromWallets(
  tx: Tx,
  transfers: readonly ReservationTransfer[],
): Promise<ReadonlyMap<string, number>> {
  if (transfers.length === 0) return new Map();
  const rows = await move(tx, [
    transfers.map(({ userId }) => userId),
    transfers.map(({ amount }) => amount),
    transfers.map(({ currency }) => currency),
    transfers.map(newId),
    transfers.map(newId),
    transfers.map(newId),
    transfers.map(({ concertId }) => concertId),
    transfers.map(({ reservationId }) => reservationId),
    transfers.map(({ at }) => at),
  ]);
  const balances = new Map<string, number>();
  for (const { user_id, balance } of rows) if (balance !== null) balances.set(user_id, balance);
  if (balances.size !== transfers.length) throw new Error("A wallet no longer holds what is to be paid from it.");
  return balances;
}
