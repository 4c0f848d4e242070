import { type Db, statement } from "@/db/client";
import { isUniqueViolation } from "@/db/errors";
import { AppError } from "@/lib/core/errors";
import { newId } from "@/lib/core/ids";
import { insufficientBalance } from "./errors";
import { getWallet } from "./queries";

/** Money that changes hands for a reservation; `at` by the database's clock, so that entries stay in order. */
export type ReservationTransfer = {
  userId: string;
  /** Minor units, at least 0; nothing moves for a free seat. */
  amount: number;
  currency: string;
  concertId: string;
  reservationId: string;
  at: Date;
};

// The condition on the balance decides between payments at the same moment.
const move = statement<{ balance: number | null }>(
  "wallet_pay",
  `with moved as (
     update wallets set balance = balance - $2::int8
     where user_id = $1 and currency = $3 and balance >= $2::int8
     returning balance
   )
   insert into ledger_entries
     (user_id, id, transfer_id, account, kind, amount, balance_after, concert_id, reservation_id, created_at)
   select $1::uuid, leg.id, $4::uuid, leg.account, 'payment', leg.amount, leg.balance_after, $7::uuid, $8::uuid, $9::timestamptz
   from moved,
     lateral (values ($5::uuid, 'wallet', -$2::int8, moved.balance), ($6::uuid, 'revenue', $2::int8, null::int8))
       as leg (id, account, amount, balance_after)
   returning balance_after as balance`,
);

/**
 * Takes the price of a reservation from its fan's wallet, inside the payment's transaction. Throws
 * `insufficient_balance` with `balance` and `required`, or `reservation_already_paid` if it was taken before.
 */
export async function payFromWallet(db: Db, transfer: ReservationTransfer): Promise<{ balance: number }> {
  const { userId, amount, currency, concertId, reservationId, at } = transfer;
  if (amount === 0) return { balance: (await getWallet(db, userId)).balance };
  const values = [userId, amount, currency, newId(), newId(), newId(), concertId, reservationId, at];
  const rows = await move(db, values).catch((error) => {
    // The only unique key that this statement can meet twice is the reservation's.
    if (isUniqueViolation(error)) throw new AppError("reservation_already_paid", "The reservation is already paid.");
    throw error;
  });
  const wallet = rows.find((row) => row.balance !== null);
  if (wallet && wallet.balance !== null) return { balance: wallet.balance };
  const { balance } = await getWallet(db, userId);
  throw insufficientBalance(balance, amount);
}
