import type { Db } from "@/db/client";
import { wallets } from "@/db/schema/wallet";
import { WALLET_CURRENCY } from "@/lib/core/money";

/** Opens a fan's empty wallet; again is fine. Nobody has to: reading and topping up do without. */
export async function openWallet(db: Db, userId: string): Promise<void> {
  await db.insert(wallets).values({ userId, currency: WALLET_CURRENCY }).onConflictDoNothing();
}
