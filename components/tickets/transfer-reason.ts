import { isProblem } from "@/components/api-problem";
import { TRANSFER_REFUSALS, type TransferRefusal } from "@/lib/tickets/schema";

/** Why a ticket cannot change hands, if that is what an error says; `unknown` for a link that is not ours. */
export function transferReason(error: unknown): TransferRefusal | "unknown" | null {
  if (isProblem(error, "ticket_invalid", "invalid_request")) return "unknown";
  if (!isProblem(error, "conflict")) return null;
  return TRANSFER_REFUSALS.find((reason) => reason === error.extra.reason) ?? null;
}
