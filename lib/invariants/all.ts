import { authInvariants } from "@/lib/auth/invariants";
import { bookingInvariants } from "@/lib/booking/invariants";
import { catalogInvariants } from "@/lib/catalog/invariants";
import type { Invariant } from "@/lib/core/invariant";
import { idempotencyInvariants } from "@/lib/idempotency/invariants";
import { paymentInvariants } from "@/lib/payment/invariants";
import { queueInvariants } from "@/lib/queue/invariants";
import { ticketInvariants } from "@/lib/tickets/invariants";
import { waitlistInvariants } from "@/lib/waitlist/invariants";
import { walletInvariants } from "@/lib/wallet/invariants";

/** Every invariant of the product. Each stands in the module furthest right of those whose rows it compares. */
export const INVARIANTS: readonly Invariant[] = [
  ...bookingInvariants,
  ...waitlistInvariants,
  ...ticketInvariants,
  ...paymentInvariants,
  ...walletInvariants,
  ...idempotencyInvariants,
  ...queueInvariants,
  ...catalogInvariants,
  ...authInvariants,
];
