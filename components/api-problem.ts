import type { ErrorCode } from "@/lib/core/errors";

/** A refusal of the API, or `network` when no answer came. */
export class ApiProblem extends Error {
  readonly code: ErrorCode | "network";
  /** The HTTP status; 0 when no answer came. */
  readonly status: number;
  /** The other members of the problem document, such as `seatIds` or `position`. */
  readonly extra: Record<string, unknown>;
  /** Seconds to wait before asking again, where the server said so. */
  readonly retryAfter: number | undefined;

  constructor(
    code: ErrorCode | "network",
    status: number,
    detail: string,
    extra: Record<string, unknown> = {},
    retryAfter?: number,
  ) {
    super(detail);
    this.name = "ApiProblem";
    this.code = code;
    this.status = status;
    this.extra = extra;
    this.retryAfter = retryAfter;
  }

  /** Whether the same call may succeed a little later without anybody changing anything. */
  get isPassing(): boolean {
    return (
      this.code === "network" ||
      this.code === "rate_limited" ||
      this.code === "idempotency_in_progress" ||
      this.status >= 500
    );
  }
}

/** Whether an error is a problem with one of these codes. */
export const isProblem = (error: unknown, ...codes: ApiProblem["code"][]): error is ApiProblem =>
  error instanceof ApiProblem && (codes.length === 0 || codes.includes(error.code));

/** Reads a failed answer, whatever stands in it. */
export async function readProblem(response: Response): Promise<ApiProblem> {
  const retryAfter = Number.parseInt(response.headers.get("Retry-After") ?? "", 10);
  const wait = Number.isNaN(retryAfter) ? undefined : retryAfter;
  let body: unknown = null;
  try {
    body = await response.json();
  } catch {
    // A proxy's error page: its status says enough.
  }
  const {
    code,
    detail,
    type: _type,
    title: _title,
    status: _status,
    ...extra
  } = (body ?? {}) as Record<string, unknown>;
  return new ApiProblem(
    typeof code === "string" ? (code as ErrorCode) : codeOfStatus(response.status),
    response.status,
    typeof detail === "string" ? detail : response.statusText,
    extra,
    wait,
  );
}

function codeOfStatus(status: number): ErrorCode {
  if (status === 401) return "unauthenticated";
  if (status === 403) return "forbidden";
  if (status === 404) return "not_found";
  if (status === 429) return "rate_limited";
  if (status >= 502 && status <= 504) return "unavailable";
  return status >= 500 ? "internal" : "invalid_request";
}
