import { type Db, statement } from "@/db/client";
import { isUniqueViolation } from "@/db/errors";
import { AppError } from "@/lib/core/errors";
import { newId } from "@/lib/core/ids";
import type { ReservationTransfer } from "./pay-from-wallet";
import { getWallet } from "./queries";
import { collectOwed } from "./take-back";

const move = statement<{ balance: number | null }>(
  "wallet_refund",
  `with moved as (
     update wallets set balance = balance + $2::int8
     where user_id = $1 and currency = $3
     returning balance
   )
   insert into ledger_entries
     (user_id, id, transfer_id, account, kind, amount, balance_after, concert_id, reservation_id, refund_id, created_at)
   select $1::uuid, leg.id, $4::uuid, leg.account, 'refund', leg.amount, leg.balance_after, $7::uuid, $8::uuid, $9::uuid,
          $10::timestamptz
   from moved,
     lateral (values ($5::uuid, 'wallet', $2::int8, moved.balance), ($6::uuid, 'revenue', -$2::int8, null::int8))
       as leg (id, account, amount, balance_after)
   returning balance_after as balance`,
);

/**
 * Gives the price of a paid reservation's seats back, inside the refund's transaction: the caller knows that it was
 * paid. Throws `not_cancellable` if this refund was given before. What the fan owes is
 * collected from it.
 */
export async function refundToWallet(
  db: Db,
  transfer: ReservationTransfer & { refundId: string },
): Promise<{ balance: number }> {
  const { userId, amount, currency, concertId, reservationId, refundId, at } = transfer;
  if (amount === 0) return { balance: (await getWallet(db, userId)).balance };
  const values = [userId, amount, currency, newId(), newId(), newId(), concertId, reservationId, refundId, at];
  const rows = await move(db, values).catch((error) => {
    // The only unique key that this statement can meet twice is the refund's.
    if (isUniqueViolation(error)) throw new AppError("not_cancellable", "These seats are already refunded.");
    throw error;
  });
  const wallet = rows.find((row) => row.balance !== null);
  if (!wallet || wallet.balance === null) throw new Error(`No ${currency} wallet to refund ${reservationId} to.`);
  return { balance: (await collectOwed(db, userId)) ?? wallet.balance };
}
