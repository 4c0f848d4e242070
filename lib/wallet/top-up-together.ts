import { statement, type Tx } from "@/db/client";
import { newId } from "@/lib/core/ids";
import { WALLET_CURRENCY } from "@/lib/core/money";
import { dailyTopUpLimit } from "./limits";
import { TODAY } from "./queries";
import { BALANCE_LIMIT } from "./rules";
import type { TopUp } from "./schema";
import type { Added } from "./top-up";

// As `wallet_top_up`, for many fans at once, each of them once.
const move = statement<{ user_id: string; id: string; balance: number | null; created_at: Date }>(
  "wallet_top_up_together",
  `with asked as (
     select * from unnest((select $1::uuid[]), (select $2::int8[]), (select $3::uuid[]), (select $4::uuid[]), (select $5::uuid[]))
       as a (user_id, amount, transfer_id, entry_id, other_id)),
   moved as (
     insert into wallets (user_id, balance, currency, top_up_day, top_up_day_amount)
     select user_id, amount, $6, ${TODAY}, amount from asked order by user_id
     on conflict (user_id) do update set
       balance = wallets.balance + excluded.balance,
       top_up_day = excluded.top_up_day,
       top_up_day_amount = excluded.top_up_day_amount
         + case when wallets.top_up_day = excluded.top_up_day then wallets.top_up_day_amount else 0 end
     where wallets.balance + excluded.balance <= $7
       and excluded.top_up_day_amount
         + case when wallets.top_up_day = excluded.top_up_day then wallets.top_up_day_amount else 0 end <= $8
     returning user_id, balance
   )
   insert into ledger_entries (user_id, id, transfer_id, account, kind, amount, balance_after, created_at)
   select a.user_id, leg.id, a.transfer_id, leg.account, 'top_up', leg.amount, leg.balance_after, now()
   from asked a join moved on moved.user_id = a.user_id,
     lateral (values (a.entry_id, 'wallet', a.amount, moved.balance), (a.other_id, 'cash', -a.amount, null::int8))
       as leg (id, account, amount, balance_after)
   returning user_id, id, balance_after as balance, created_at`,
);

/**
 * Adds money to the wallets of many fans in one statement, inside a transaction: in order, what each has then. Null is
 * for whoever a limit stops, which `topUp` then says. No fan may be named twice.
 */
export async function topUpTogether(
  tx: Tx,
  wanted: readonly (TopUp & { userId: string })[],
  dailyLimit = dailyTopUpLimit(),
): Promise<(Added | null)[]> {
  const fitting = wanted.filter(({ amount }) => amount <= dailyLimit);
  const entries = new Map(fitting.map(({ userId }) => [userId, newId()]));
  const rows = await move(tx, [
    fitting.map(({ userId }) => userId),
    fitting.map(({ amount }) => amount),
    fitting.map(newId),
    fitting.map(({ userId }) => entries.get(userId)),
    fitting.map(newId),
    WALLET_CURRENCY,
    BALANCE_LIMIT,
    dailyLimit,
  ]);
  const added = new Map(rows.filter(({ balance }) => balance !== null).map((row) => [row.id, row]));
  return wanted.map(({ userId, amount }) => {
    const row = added.get(entries.get(userId) ?? "");
    if (!row || row.balance === null) return null;
    const { id, balance, created_at: createdAt } = row;
    const entry = { id, kind: "top_up" as const, amount, balanceAfter: balance, createdAt };
    return { balance, currency: WALLET_CURRENCY, entry: { ...entry, reservationId: null, reason: null } };
  });
}
