import { and, desc, eq, sql } from "drizzle-orm";
import { type Db, statement } from "@/db/client";
import { after, exactTime, toPage } from "@/db/paging";
import { ledgerEntries } from "@/db/schema/wallet";
import { WALLET_CURRENCY } from "@/lib/core/money";
import type { Wallet, WalletEntry } from "./schema";

const readWallet = statement<Wallet>("wallet_get", "select balance, currency from wallets where user_id = $1");

/** What a fan has; nothing, for one whose wallet never held any money. */
export async function getWallet(db: Db, userId: string): Promise<Wallet> {
  const [wallet] = await readWallet(db, [userId]);
  return wallet ?? { balance: 0, currency: WALLET_CURRENCY };
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

const unbalanced = statement<{ transfer_id: string; legs: number; sum: number }>(
  "wallet_check_transfers",
  `select transfer_id, count(*) as legs, sum(amount)::int8 as sum
   from ledger_entries
   group by user_id, transfer_id
   having sum(amount) <> 0 or count(*) <> 2 or count(*) filter (where account = 'wallet') <> 1`,
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

/** What is wrong with the books, a line each; none if all is well. Reads everything: for tests and audits. */
export async function checkLedger(db: Db): Promise<string[]> {
  const [transfers, wallets] = [await unbalanced(db, []), await adrift(db, [])];
  return [
    ...transfers.map((row) => `transfer ${row.transfer_id} has ${row.legs} entries that sum to ${row.sum}`),
    ...wallets.map((row) => `wallet of ${row.user_id} holds ${row.balance}, its entries sum to ${row.entries}`),
  ];
}
