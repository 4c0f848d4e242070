import { isDatabaseAway, isRetryable, sqlState } from "@/db/errors";
import { AppError, unavailable } from "@/lib/core/errors";
import { errorFields, log } from "@/lib/core/log";
import { problemOf } from "@/lib/core/problem";
import { oncePerProcess } from "@/lib/core/registry";
import { PERSONAL, PROBLEM_TYPE, SECURITY_HEADERS } from "./headers";
import { flat, type Reply } from "./reply";

/** The statement or its lock took too long, or the transaction idled: the database is overloaded, not the caller wrong. */
const TOO_SLOW = new Set(["57014", "55P03", "25P03"]);

type About = { requestId: string; method: string; path: string };

/** Once a second at most, with how many were left out: thousands of calls learn of one outage. */
function logDatabaseAway(error: unknown, about: About): void {
  const said = oncePerProcess("api.database-away", () => ({ at: Number.NEGATIVE_INFINITY, leftOut: 0 }));
  if (performance.now() - said.at < 1000) {
    said.leftOut += 1;
    return;
  }
  log("warn", "api.database-away", { ...about, ...errorFields(error), leftOut: said.leftOut });
  said.at = performance.now();
  said.leftOut = 0;
}

/** Anything that was thrown, as what the outside may know of it. What is a defect or an outage is logged. */
export function refusalOf(error: unknown, about: About): AppError {
  if (error instanceof AppError) {
    if (error.status >= 500) log("warn", "api.refused", { ...about, code: error.code, detail: error.message });
    return error;
  }
  if (isDatabaseAway(error) || isRetryable(error) || TOO_SLOW.has(sqlState(error) ?? "")) {
    logDatabaseAway(error, about);
    return unavailable();
  }
  log("error", "api.fault", { ...about, ...errorFields(error) });
  return new AppError("internal", "Something went wrong on our side. Name the Request-Id if you write to us.");
}

/** A refusal as a reply. */
export function refusalReply(refusal: AppError, requestId: string, extra: Record<string, string> = {}): Reply {
  const headers = flat({
    ...SECURITY_HEADERS,
    "Content-Type": PROBLEM_TYPE,
    "Cache-Control": PERSONAL,
    "Request-Id": requestId,
    ...extra,
  });
  const retryAfter = refusal.retryAfter ?? (refusal.code === "unavailable" ? 2 : undefined);
  if (retryAfter !== undefined) headers.push("Retry-After", String(Math.max(1, Math.ceil(retryAfter))));
  if (refusal.code === "unauthenticated") headers.push("WWW-Authenticate", 'Bearer realm="frontrow"');
  return { status: refusal.status, headers, bytes: JSON.stringify(problemOf(refusal)) };
}
