/** The closed list of error codes and their HTTP statuses (the contract's "Codes"). */
export const STATUS_BY_CODE = {
  invalid_request: 400,
  unauthenticated: 401,
  insufficient_balance: 402,
  forbidden: 403,
  queue_token_required: 403,
  queue_token_invalid: 403,
  queue_waiting: 403,
  admission_expired: 403,
  not_found: 404,
  conflict: 409,
  seat_unavailable: 409,
  not_on_sale: 409,
  not_cancellable: 409,
  queue_closed: 409,
  reservation_expired: 409,
  reservation_already_paid: 409,
  reservation_cancelled: 409,
  already_checked_in: 409,
  idempotency_in_progress: 409,
  too_large: 413,
  unsupported_media_type: 415,
  seat_limit_exceeded: 422,
  seat_left_alone: 422,
  balance_limit_exceeded: 422,
  idempotency_key_reused: 422,
  ticket_invalid: 422,
  rate_limited: 429,
  internal: 500,
  unavailable: 503,
} as const;

export type ErrorCode = keyof typeof STATUS_BY_CODE;

/** One problem of an input, with the place it stands at (`sections.3.name`). */
export type InputProblem = { path: string; message: string };

/**
 * A refusal that the caller may read: every fault a verb raises on purpose is one of these. Anything else that is
 * thrown is a defect and reaches the outside as `internal`.
 */
export class AppError extends Error {
  readonly code: ErrorCode;
  /** Members added to the problem document, such as `seatIds` or `position`. */
  readonly extra: Record<string, unknown>;
  /** Seconds for `Retry-After`, where waiting helps. */
  readonly retryAfter?: number;

  constructor(code: ErrorCode, detail: string, extra: Record<string, unknown> = {}, retryAfter?: number) {
    super(detail);
    this.name = "AppError";
    this.code = code;
    this.extra = extra;
    if (retryAfter !== undefined) this.retryAfter = retryAfter;
  }

  get status(): number {
    return STATUS_BY_CODE[this.code];
  }
}

/** `invalid_request` with its list of problems. */
export function invalidRequest(problems: InputProblem[], detail = "The request is not valid."): AppError {
  return new AppError("invalid_request", detail, { errors: problems });
}

/** `not_found` for one kind of thing; says no more, so that another fan's id and an unknown id look alike. */
export function notFound(what: string): AppError {
  return new AppError("not_found", `There is no such ${what}.`);
}

/** `unavailable`: the database is out of reach or the process is overloaded; `retryAfter` in seconds. */
export function unavailable(detail = "The service is unavailable for a moment.", retryAfter = 2): AppError {
  return new AppError("unavailable", detail, {}, retryAfter);
}
