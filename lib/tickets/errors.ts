import { AppError } from "@/lib/core/errors";
import type { InvalidTicketReason, TransferRefusal } from "./schema";

/** `ticket_invalid` with its `reason`, for the door to explain. */
export const ticketInvalid = (reason: InvalidTicketReason, extra: Record<string, unknown> = {}): AppError =>
  new AppError("ticket_invalid", "This is not a valid ticket.", { reason, ...extra });

const REFUSALS: Record<TransferRefusal, string> = {
  own: "This ticket is one's own.",
  claimed: "Somebody has taken this ticket already.",
  revoked: "This link was taken back.",
  lapsed: "This link has lapsed.",
  checked_in: "This ticket was used at the door.",
  void: "This ticket was cancelled.",
  started: "The performance has begun.",
};

/** `conflict`: a ticket cannot change hands, with the `reason`. */
export const notTransferable = (reason: TransferRefusal): AppError =>
  new AppError("conflict", REFUSALS[reason], { reason });
