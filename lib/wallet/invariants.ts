import type { Invariant } from "@/lib/core/invariant";

export const walletInvariants: Invariant[] = [
  {
    name: "transfers-sum-to-zero",
    says: "What one account gains in a transfer, another loses; one side of it is a wallet, unless it books a debt.",
    sql: `
      select transfer_id::text as id, count(*) || ' entries, ' || count(*) filter (where account = 'wallet')
             || ' of a wallet, sum ' || sum(amount) as why
      from ledger_entries group by user_id, transfer_id
      having sum(amount) <> 0 or count(*) <> 2
         or (count(*) filter (where account = 'wallet') <> 1
             and not (min(kind) = 'reversal' and min(account) = 'cash' and max(account) = 'receivable'))`,
  },
  {
    name: "debt-not-overpaid",
    says: "Nobody pays back more than was owed for top-ups that were taken back.",
    sql: `
      select user_id::text as id, 'the house owes ' || sum(amount) as why
      from ledger_entries where account = 'receivable' group by user_id having sum(amount) > 0`,
  },
  {
    name: "balance-of-its-entries",
    says: "A wallet holds the sum of its entries, and never less than nothing.",
    sql: `
      select user_id::text as id, 'holds ' || coalesce(w.balance::text, 'nothing') || ', its entries sum to '
             || coalesce(e.sum, 0) as why
      from wallets w
        full join (select user_id, sum(amount) as sum from ledger_entries where account = 'wallet' group by user_id) e
          using (user_id)
      where coalesce(w.balance, 0) <> coalesce(e.sum, 0) or w.balance < 0`,
  },
  {
    // Entries have no number of their own, and clocks may lie. Whatever the order: each entry goes from a balance to a
    // balance, so every balance is left as often as it is reached, but for the first (0) and the last (today's).
    name: "running-balance",
    says: "A wallet's entries make one chain from nothing to today's balance, never below nothing.",
    sql: `
      with steps as (
        select user_id, balance_after as balance, 1 as reached from ledger_entries where account = 'wallet'
        union all
        select user_id, balance_after - amount, -1 from ledger_entries where account = 'wallet'
        union all
        select user_id, 0, 1 from wallets
        union all
        select user_id, balance, -1 from wallets)
      select user_id::text as id, 'balance ' || balance || case when sum(reached) = 0 then ' is below nothing'
             else ' is reached and left unequally often, by ' || sum(reached) end as why
      from steps group by user_id, balance having sum(reached) <> 0 or balance < 0`,
  },
];
