import { AppError } from "@/lib/core/errors";

export const queueTokenRequired = () =>
  new AppError("queue_token_required", "Join the line first and send the token in the Queue-Token header.");

export const queueTokenInvalid = () =>
  new AppError("queue_token_invalid", "The queue token is not one of yours for this concert.");

export const queueWaiting = (position: number | null) =>
  new AppError("queue_waiting", "It is not your turn yet.", { position });

export const admissionExpired = () =>
  new AppError("admission_expired", "Your turn is over. Join the line again to come back in.");

export const queueClosed = (detail = "Nobody can join this line now.") => new AppError("queue_closed", detail);
