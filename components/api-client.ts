import { ApiProblem, readProblem } from "./api-problem";
import { type Backoff, backoffMs } from "./backoff";
import { recallQueueToken } from "./queue-token";
import { serverClock } from "./server-clock";

/** How one call is made. */
export type CallOptions = {
  method?: "GET" | "POST" | "PATCH" | "DELETE";
  body?: unknown;
  /** The concert whose queue token goes along. */
  concertId?: string;
  idempotencyKey?: string;
  /** Further request headers. */
  headers?: Record<string, string>;
  /** The same for everybody: asked for without cookies, and caches on the way may answer. */
  shared?: boolean;
  etag?: string | undefined;
  signal?: AbortSignal | undefined;
};

/** A successful answer; `status` 304 has a null body. */
export type Answer<T> = { status: number; body: T; etag: string | undefined };

const TIMEOUT_MS = 15_000;

/** One call of the API with the fan's cookies. Throws `ApiProblem`; an aborted `signal` rethrows its reason. */
export async function call<T>(path: string, options: CallOptions = {}): Promise<Answer<T>> {
  const headers: Record<string, string> = { Accept: "application/json", ...options.headers };
  if (options.body !== undefined) headers["Content-Type"] = "application/json";
  if (options.idempotencyKey) headers["Idempotency-Key"] = options.idempotencyKey;
  if (options.etag) headers["If-None-Match"] = options.etag;
  const token = options.concertId ? recallQueueToken(options.concertId) : null;
  if (token) headers["Queue-Token"] = token;

  const sentAt = Date.now();
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  let response: Response;
  try {
    response = await fetch(`/api${path}`, {
      method: options.method ?? "GET",
      headers,
      credentials: options.shared ? "omit" : "same-origin",
      cache: options.shared ? "default" : "no-store",
      signal: options.signal ? AbortSignal.any([options.signal, timeout]) : timeout,
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
    });
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new ApiProblem("network", 0, "The server cannot be reached.");
  }
  serverClock.observe(response.headers.get("Date"), sentAt, Date.now());
  if (!response.ok && response.status !== 304) throw await readProblem(response);
  const etag = response.headers.get("ETag") ?? undefined;
  if (response.status === 204 || response.status === 304) return { status: response.status, body: null as T, etag };
  try {
    return { status: response.status, body: (await response.json()) as T, etag };
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new ApiProblem("network", 0, "The answer broke off.");
  }
}

/** The body of a successful read. */
export const read = async <T>(path: string, options: CallOptions = {}): Promise<T> =>
  (await call<T>(path, options)).body;

/** How often an intent is tried before the fan is asked, and how long between. */
const INTENT_TRIES = 5;
const INTENT_BACKOFF: Backoff = { firstMs: 400, longestMs: 6_000 };

const openIntents = new Map<string, string>();

/**
 * Carries out what the fan meant once, however often it has to be sent: the call keeps one `Idempotency-Key` through
 * retries (no answer, 429, 503, first try still running), and also through a later click on the same thing while the
 * outcome is still unknown. A clear answer closes the intent.
 */
export async function carryOut<T>(path: string, options: CallOptions & { body?: unknown }): Promise<T> {
  const intent = JSON.stringify([options.method, path, options.body ?? null]);
  const key = openIntents.get(intent) ?? crypto.randomUUID();
  openIntents.set(intent, key);
  for (let attempt = 1; ; attempt++) {
    try {
      const { body } = await call<T>(path, { ...options, idempotencyKey: key });
      openIntents.delete(intent);
      return body;
    } catch (error) {
      const passing = error instanceof ApiProblem && error.isPassing;
      if (!passing) openIntents.delete(intent);
      if (!passing || attempt === INTENT_TRIES) throw error;
      await new Promise((done) => setTimeout(done, backoffMs(INTENT_BACKOFF, attempt, error.retryAfter)));
    }
  }
}
