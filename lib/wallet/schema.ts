import { z } from "zod";
import type { LedgerKind, ProviderName } from "@/db/constants";
import { ADJUSTMENT_MAX, isStatementSpan, STATEMENT_DAYS, TOP_UP_MAX, TOP_UP_MIN } from "./rules";

/** Body of `PATCH /api/wallet`; the amount in minor units. */
export const topUpSchema = z.strictObject({ amount: z.int().min(TOP_UP_MIN).max(TOP_UP_MAX) });
export type TopUp = z.infer<typeof topUpSchema>;

/** How money gets into a wallet here, in minor units of `currency`. */
export type TopUpOptions = {
  provider: ProviderName;
  min: number;
  max: number;
  balanceLimit: number;
  dailyLimit: number;
  addedToday: number;
  currency: string;
};

export type Wallet = { balance: number; currency: string };

/** One movement of money as its fan sees it: `amount` is what the wallet gained. */
export type WalletEntry = {
  id: string;
  kind: LedgerKind;
  amount: number;
  balanceAfter: number;
  createdAt: Date;
  reservationId: string | null;
  /** Why an organiser adjusted it; null for everything else. */
  reason: string | null;
};

/** A fan's wallet as organisers see it, with its last movements. */
export type FansWallet = Wallet & { userId: string; email: string; name: string; owed: number; entries: WalletEntry[] };

/** Body of an adjustment by hand; the amount in minor units, negative to take it. */
export const adjustmentSchema = z.strictObject({
  amount: z
    .int()
    .min(-ADJUSTMENT_MAX)
    .max(ADJUSTMENT_MAX)
    .refine((amount) => amount !== 0, "must not be 0"),
  reason: z
    .string()
    .trim()
    .min(3)
    .max(200)
    .regex(/^[^\p{Cc}\p{Cs}]*$/u, "must be one line of visible characters"),
});
export type Adjustment = z.infer<typeof adjustmentSchema>;

/** The days of a statement, both included, as dates of `WALLET_TIME_ZONE`. */
export const statementSpanSchema = z
  .strictObject({ from: z.iso.date(), to: z.iso.date() })
  .refine(isStatementSpan, { path: ["to"], message: `must be from 0 to ${STATEMENT_DAYS - 1} days after from` });
export type StatementSpan = z.infer<typeof statementSpanSchema>;

/** A fan's movements over some days; `balance` runs on from `opening` line by line. */
export type Statement = StatementSpan & {
  currency: string;
  opening: number;
  closing: number;
  lines: {
    at: Date;
    kind: LedgerKind;
    amount: number;
    balance: number;
    reservationId: string | null;
    reason: string | null;
  }[];
};
