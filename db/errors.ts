/** SQLSTATE classes that mean "the database cannot be reached or is not taking work now". */
const OUT_OF_REACH = /^(08|53|57P)/;

const NETWORK = new Set(["ECONNREFUSED", "ECONNRESET", "EPIPE", "ETIMEDOUT", "ENOTFOUND", "EAI_AGAIN", "ENOENT"]);

/** Drizzle wraps the driver's error; the reason stands in `cause`. */
function* chain(error: unknown): Generator<{ code?: unknown; message?: unknown }> {
  for (let at = error; at instanceof Error; at = at.cause) yield at as { code?: unknown; message?: unknown };
}

/** The SQLSTATE behind an error, or null. Names of constraints are not reliable on a cluster; this is. */
export function sqlState(error: unknown): string | null {
  for (const { code } of chain(error)) if (typeof code === "string" && /^[0-9A-Z]{5}$/.test(code)) return code;
  return null;
}

/** Whether a unique key refused the row (23505). */
export const isUniqueViolation = (error: unknown): boolean => sqlState(error) === "23505";

/** Whether trying the whole transaction again may help: serialization failure or deadlock. */
export const isRetryable = (error: unknown): boolean => ["40001", "40P01"].includes(sqlState(error) ?? "");

/** Whether the database is away, starting, stopping or out of room. */
export function isDatabaseAway(error: unknown): boolean {
  for (const { code, message } of chain(error)) {
    if (typeof code === "string" && (NETWORK.has(code) || OUT_OF_REACH.test(code))) return true;
    if (
      typeof message === "string" &&
      /connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Cannot use a pool after calling end/i.test(
        message,
      )
    )
      return true;
  }
  return false;
}
