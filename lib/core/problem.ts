import { type AppError, type ErrorCode, STATUS_BY_CODE } from "./errors";

/** What each code means in general; `detail` says what happened this time. */
export const TITLE_BY_CODE: Record<ErrorCode, string> = {
  invalid_request: "The request is not valid",
  unauthenticated: "Not signed in",
  insufficient_balance: "The balance is too small",
  forbidden: "Not allowed",
  queue_token_required: "A queue token is required",
  queue_token_invalid: "The queue token is not valid here",
  queue_waiting: "Still waiting in line",
  admission_expired: "The admission is over",
  not_found: "Not found",
  conflict: "Conflicts with what is already there",
  seat_unavailable: "A seat is taken",
  not_on_sale: "Not on sale",
  not_cancellable: "Cannot be cancelled",
  queue_closed: "The waiting room is closed",
  reservation_expired: "The reservation has expired",
  reservation_already_paid: "The reservation is paid already",
  reservation_cancelled: "The reservation was cancelled",
  already_checked_in: "The ticket was used already",
  idempotency_in_progress: "The same call is still running",
  too_large: "The body is too large",
  unsupported_media_type: "The content type is not supported",
  seat_left_alone: "A single seat would be left between taken ones",
  seat_limit_exceeded: "More seats than one fan may have",
  balance_limit_exceeded: "More than the wallet may hold",
  idempotency_key_reused: "The idempotency key belongs to another request",
  ticket_invalid: "The ticket is not valid",
  rate_limited: "Too many attempts",
  internal: "Something went wrong on our side",
  unavailable: "Unavailable for a moment",
};

/** An RFC 9457 problem document. */
export type Problem = {
  type: string;
  title: string;
  status: number;
  code: ErrorCode;
  detail: string;
  [extra: string]: unknown;
};

/** A refusal as the document that the outside sees; its `type` leads to the code's line in the documentation. */
export function problemOf(error: Pick<AppError, "code" | "message" | "extra">): Problem {
  return {
    ...error.extra,
    type: `/api/docs#${error.code}`,
    title: TITLE_BY_CODE[error.code],
    status: STATUS_BY_CODE[error.code],
    code: error.code,
    detail: error.message,
  };
}
