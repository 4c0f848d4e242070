import { lt, sql } from "drizzle-orm";
import { type Db, statement } from "@/db/client";
import { rateLimits, revokedSessions } from "@/db/schema/auth";
import { errorFields, log } from "@/lib/core/log";
import { oncePerProcess } from "@/lib/core/registry";

/** How often each process looks for sessions that others ended; the contract allows two seconds. */
const READ_EVERY_MS = 1000;

/** How often old rows are cleared away. */
const TIDY_EVERY_MS = 10 * 60_000;

/**
 * How far back each reading looks again: a row carries the time at which its transaction began and may appear later.
 * Longer than any statement may take (10 s).
 */
const OVERLAP_SECONDS = 30;

type Row = { session_id: string; expires_at: Date; revoked_at: string };

const readSince = statement<Row>(
  "auth_revocations",
  `select session_id, expires_at, revoked_at::text
   from revoked_sessions
   where revoked_at >= $1::timestamptz - make_interval(secs => ${OVERLAP_SECONDS}) and expires_at > now()`,
);

const insert = statement(
  "auth_revoke",
  `insert into revoked_sessions (user_id, session_id, revoked_at, expires_at) values ($1, $2, now(), $3)
   on conflict do nothing`,
);

/** What one process knows of sessions that were ended before their time. */
export class Revocations {
  /** Ended sessions and when they would have ended anyway (ms), after which they need no mention. */
  readonly #ended = new Map<string, number>();
  /** The newest row seen, by the database's clock. */
  #seen = "-infinity";

  isRevoked(sessionId: string): boolean {
    // Mostly nobody's was: the id need not be hashed then.
    return this.#ended.size > 0 && this.#ended.has(sessionId);
  }

  get size(): number {
    return this.#ended.size;
  }

  mark(sessionId: string, expiresAt: Date): void {
    this.#ended.set(sessionId, expiresAt.getTime());
  }

  /** Takes in what is new since the last reading. If the database is away it throws and keeps what it knows. */
  async read(db: Db): Promise<void> {
    const rows = await readSince(db, [this.#seen]);
    for (const row of rows) {
      this.mark(row.session_id, row.expires_at);
      if (this.#seen === "-infinity" || Date.parse(row.revoked_at) > Date.parse(this.#seen))
        this.#seen = row.revoked_at;
    }
    this.#forgetOver();
  }

  #forgetOver(): void {
    const now = Date.now();
    for (const [sessionId, end] of this.#ended) if (end <= now) this.#ended.delete(sessionId);
  }
}

const ours = (): Revocations => oncePerProcess("auth.revocations", () => new Revocations());

/** Whether a session was ended before its time, as far as this process knows: on every server within two seconds. */
export const isRevoked = (sessionId: string): boolean => ours().isRevoked(sessionId);

/** Ends a session: on this process at once, on the others with their next reading. Again is fine. */
export async function revokeSession(
  db: Db,
  { userId, sessionId, expiresAt }: { userId: string; sessionId: string; expiresAt: Date },
): Promise<void> {
  await insert(db, [userId, sessionId, expiresAt]);
  ours().mark(sessionId, expiresAt);
}

/**
 * Starts reading what other processes revoke, once a second, until `stop`. `ready` resolves with the first reading that
 * succeeds: a process that serves earlier would still honour ended sessions.
 */
export function startRevocations(db: Db, revocations = ours()): { ready: Promise<void>; stop(): void } {
  let stopped = false;
  let away = false;
  let timer: NodeJS.Timeout | undefined;
  let tidyAt = Date.now() + TIDY_EVERY_MS * Math.random();
  let isReady = () => {};
  const ready = new Promise<void>((resolve) => {
    isReady = resolve;
  });

  const turn = async () => {
    try {
      await revocations.read(db);
      isReady();
      away = false;
      if (Date.now() >= tidyAt) {
        tidyAt = Date.now() + TIDY_EVERY_MS;
        await tidyAuth(db);
      }
    } catch (error) {
      if (!away && !stopped) log("warn", "auth.revocations-unread", errorFields(error));
      away = true;
    }
    if (!stopped) timer = setTimeout(turn, READ_EVERY_MS).unref();
  };
  void turn();
  return {
    ready,
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

/** Deletes what no longer says anything: revocations of sessions that are over, attempts older than a day. */
export async function tidyAuth(db: Db): Promise<void> {
  await db.delete(revokedSessions).where(lt(revokedSessions.expiresAt, sql`now()`));
  await db.delete(rateLimits).where(lt(rateLimits.windowStart, sql`now() - interval '1 day'`));
}
