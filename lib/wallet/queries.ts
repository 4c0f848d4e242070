import { and, desc, eq, sql } from "drizzle-orm";
import { type Db, statement } from "@/db/client";
import { after, exactTime, toPage } from "@/db/paging";
import { ledgerEntries } from "@/db/schema/wallet";
import { WALLET_CURRENCY } from "@/lib/core/money";
import { WALLET_TIME_ZONE } from "./rules";
import type { Wallet, WalletEntry } from "./schema";

const readWallet = statement<Wallet>("wallet_get", "select balance, currency from wallets where user_id = $1");

/** What a fan has; nothing, for one whose wallet never held any money. */
export async function getWallet(db: Db, userId: string): Promise<Wallet> {
  const [wallet] = await readWallet(db, [userId]);
  return wallet ?? { balance: 0, currency: WALLET_CURRENCY };
}

/** The day of the daily limit, by the database's clock. */
export const TODAY = `(now() at time zone '${WALLET_TIME_ZONE}')::date`;

const readToday = statement<{ today: number }>(
  "wallet_today",
  `select top_up_day_amount as today from wallets where user_id = $1 and top_up_day = ${TODAY}`,
);

/** What a fan has added today, in minor units. */
export async function readToppedUpToday(db: Db, userId: string): Promise<number> {
  return (await readToday(db, [userId]))[0]?.today ?? 0;
}

const readOwed = statement<{ owed: number }>(
  "wallet_owed",
  "select coalesce(-sum(amount), 0)::int8 as owed from ledger_entries where user_id = $1 and account = 'receivable'",
);

/** What a fan still owes for top-ups that were taken back, in minor units. */
export async function readOwedAmount(db: Db, userId: string): Promise<number> {
  return (await readOwed(db, [userId]))[0]?.owed ?? 0;
}

/** The movements of a fan's wallet, newest first. Throws `invalid_request` for a cursor that is not ours. */
export async function listEntries(
  db: Db,
  { userId, limit, cursor }: { userId: string; limit: number; cursor?: string | undefined },
): Promise<{ items: WalletEntry[]; nextCursor: string | null }> {
  const rows = await db
    .select({
      id: ledgerEntries.id,
      kind: ledgerEntries.kind,
      amount: ledgerEntries.amount,
      balanceAfter: sql<number>`${ledgerEntries.balanceAfter}`.mapWith(Number),
      createdAt: ledgerEntries.createdAt,
      reservationId: ledgerEntries.reservationId,
      reason: ledgerEntries.reason,
      exactAt: exactTime(ledgerEntries.createdAt),
    })
    .from(ledgerEntries)
    .where(
      and(
        eq(ledgerEntries.userId, userId),
        eq(ledgerEntries.account, "wallet"),
        after(cursor, ledgerEntries.createdAt, ledgerEntries.id),
      ),
    )
    .orderBy(desc(ledgerEntries.createdAt), desc(ledgerEntries.id))
    .limit(limit + 1);
  return toPage(rows, limit);
}

// Every transfer has two sides and one of them is a wallet, but for the debt that a taken-back top-up leaves.
const unbalanced = statement<{ transfer_id: string; legs: number; sum: number }>(
  "wallet_check_transfers",
  `select transfer_id, count(*) as legs, sum(amount)::int8 as sum
   from ledger_entries
   group by user_id, transfer_id
   having sum(amount) <> 0 or count(*) <> 2 or count(distinct kind) <> 1
     or (count(*) filter (where account = 'wallet') <> 1
         and not (min(kind) = 'reversal' and min(account) = 'cash' and max(account) = 'receivable'))`,
);

const adrift = statement<{ user_id: string; balance: number | null; entries: number | null }>(
  "wallet_check_balances",
  `select user_id, w.balance, e.sum::int8 as entries
   from wallets w
   full join (
     select user_id, sum(amount) as sum from ledger_entries where account = 'wallet' group by user_id
   ) e using (user_id)
   where coalesce(w.balance, 0) <> coalesce(e.sum, 0) or w.balance < 0`,
);

const overpaid = statement<{ user_id: string; owed: number }>(
  "wallet_check_owed",
  `select user_id, -sum(amount)::int8 as owed from ledger_entries
   where account = 'receivable' group by user_id having sum(amount) > 0`,
);

/** What is wrong with the books, a line each; none if all is well. Reads everything: for tests and audits. */
export async function checkLedger(db: Db): Promise<string[]> {
  const [transfers, wallets, debtors] = [await unbalanced(db, []), await adrift(db, []), await overpaid(db, [])];
  return [
    ...transfers.map((row) => `transfer ${row.transfer_id} has ${row.legs} entries that sum to ${row.sum}`),
    ...wallets.map((row) => `wallet of ${row.user_id} holds ${row.balance}, its entries sum to ${row.entries}`),
    ...debtors.map((row) => `fan ${row.user_id} owes ${row.owed}`),
  ];
}
