import { z } from "zod";
import type { LedgerKind } from "@/db/constants";
import { TOP_UP_MAX, TOP_UP_MIN } from "./rules";

/** Body of `PATCH /api/wallet`; the amount in minor units. */
export const topUpSchema = z.strictObject({ amount: z.int().min(TOP_UP_MIN).max(TOP_UP_MAX) });
export type TopUp = z.infer<typeof topUpSchema>;

export type Wallet = { balance: number; currency: string };

/** One movement of money as its fan sees it: `amount` is what the wallet gained. */
export type WalletEntry = {
  id: string;
  kind: LedgerKind;
  amount: number;
  balanceAfter: number;
  createdAt: Date;
  reservationId: string | null;
};
