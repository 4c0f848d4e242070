import { type Db, statement } from "@/db/client";
import type { TopUpStatus } from "@/db/constants";
import { WALLET_CURRENCY } from "@/lib/core/money";
import { takeBackTopUp } from "@/lib/wallet/take-back";
import { creditTopUp } from "@/lib/wallet/top-up";
import type { ProviderNews } from "./providers/provider";

const lock = statement<{ status: TopUpStatus }>(
  "top_up_lock",
  "select status from top_ups where user_id = $1 and id = $2 for no key update",
);

/** Puts this transaction in line with all others about the same top-up; says where it stands, null if it is not there. */
export async function lockTopUp(
  tx: Db,
  { userId, topUpId }: { userId: string; topUpId: string },
): Promise<TopUpStatus | null> {
  return (await lock(tx, [userId, topUpId]))[0]?.status ?? null;
}

const markCredited = statement<never>(
  "top_up_credited",
  `update top_ups set status = 'credited', credited_amount = $3, settled_at = now(), check_at = null
   where user_id = $1 and id = $2`,
);

const close = statement<never>(
  "top_up_close",
  `update top_ups set status = $3, settled_at = now(), check_at = null
   where user_id = $1 and id = $2 and status = 'pending'`,
);

// Amounts under one reference only ever grow, until a final one: so late and repeated messages change nothing.
const keepReversal = statement<never>(
  "top_up_keep_reversal",
  `insert into top_up_reversals (user_id, top_up_id, reference, amount, is_final) values ($1, $2, $3, $4, $5)
   on conflict (user_id, top_up_id, reference) do update set amount = excluded.amount, is_final = excluded.is_final
     where not top_up_reversals.is_final and (excluded.is_final or excluded.amount > top_up_reversals.amount)`,
);

// What is gone by all accounts, at most what was credited, and what of it the books have taken back so far.
const due = statement<{ amount: number }>(
  "top_up_reversal_due",
  `select (least(t.credited_amount, coalesce((select sum(r.amount) from top_up_reversals r
                                              where r.user_id = $1 and r.top_up_id = $2), 0))
           - coalesce((select sum(l.amount) from ledger_entries l
                       where l.user_id = $1 and l.top_up_id = $2 and l.kind = 'reversal' and l.account = 'cash'), 0))::int8 as amount
   from top_ups t where t.user_id = $1 and t.id = $2 and t.status = 'credited'`,
);

/**
 * Makes a top-up what its provider says it is, inside the transaction that took the news. The row's lock puts all news
 * of one top-up in line, and each is a state: so it counts once, however often and in whatever order it comes. Money
 * that arrives is credited for good, also late, over the wallet's limits, or after its refund was heard of.
 */
export async function settleTopUp(
  tx: Db,
  { userId, topUpId, news }: { userId: string; topUpId: string; news: ProviderNews },
): Promise<void> {
  if (news.state === "arrived" && news.currency !== WALLET_CURRENCY) {
    throw new Error(`Top-up ${topUpId} was paid in ${news.currency}.`);
  }
  const status = await lockTopUp(tx, { userId, topUpId });
  if (!status) return;
  if (news.state === "arrived" && status !== "credited") {
    await creditTopUp(tx, { userId, amount: news.amount, topUpId });
    await markCredited(tx, [userId, topUpId, news.amount]);
  }
  if (news.state === "failed" || news.state === "expired") await close(tx, [userId, topUpId, news.state]);
  if (news.state === "taken_back") {
    await keepReversal(tx, [userId, topUpId, news.reference, news.amount, news.isFinal]);
  }
  const [reversal] = await due(tx, [userId, topUpId]);
  if (reversal && reversal.amount !== 0) await takeBackTopUp(tx, { userId, topUpId, amount: reversal.amount });
}
