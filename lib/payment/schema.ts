import { z } from "zod";
import type { ProviderName, TopUpStatus } from "@/db/constants";
import type { ReservedSeat } from "@/db/schema/booking";
import { topUpSchema } from "@/lib/wallet/schema";

/** A settled reservation with its tickets (the contract's object). */
export type Payment = {
  id: string;
  reservationId: string;
  amount: number;
  currency: string;
  /** The wallet's balance after it. */
  balance: number;
  paidAt: string;
  tickets: { id: string; code: string; section: string; row: number; number: number }[];
};

/** A path of this site, where the fan's browser is to come back to. */
const returnTo = z
  .string()
  .max(500)
  .regex(/^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/, "must be a path of this site");

/** Body of `POST /api/wallet/top-ups`; the amount in minor units. */
export const startTopUpSchema = topUpSchema.extend({ returnTo: returnTo.optional() });

/** Money on its way into a wallet. */
export type TopUpState = {
  id: string;
  provider: ProviderName;
  status: TopUpStatus;
  amount: number;
  currency: string;
  /** Where the fan pays, while that is possible. */
  url: string | null;
  createdAt: string;
  settledAt: string | null;
};

/** Nobody has more tickets of one reservation. */
const MOST_TICKETS = 100;

const ticketIds = z
  .array(z.string().min(1).max(64))
  .min(1)
  .max(MOST_TICKETS)
  .refine((ids) => new Set(ids.map((id) => id.toLowerCase())).size === ids.length, "names a ticket twice");

/** Body of a fan's refund of some tickets. */
export const refundSchema = z.strictObject({ ticketIds });

/** Body of an organiser's refund; without `ticketIds` all that are left. */
export const grantedRefundSchema = z.strictObject({
  ticketIds: ticketIds.optional(),
  reason: z
    .string()
    .trim()
    .min(3)
    .max(200)
    .regex(/^[^\p{Cc}\p{Cs}]*$/u, "must be one line of visible characters"),
});

/** Seats given back together. */
export type Refund = {
  id: string;
  reservationId: string;
  /** `refunded` once nothing of the reservation is left. */
  reservationStatus: "paid" | "refunded";
  ticketIds: string[];
  seats: ReservedSeat[];
  amount: number;
  currency: string;
  /** The wallet's balance after it. */
  balance: number;
  refundedAt: string;
};
