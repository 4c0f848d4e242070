import { type Db, statement } from "@/db/client";
import { oncePerProcess } from "@/lib/core/registry";
import { type Entry, readEntry } from "./entry";
import { admissionExpired, queueTokenInvalid, queueTokenRequired, queueWaiting } from "./errors";
import { knownLine } from "./line";
import { perConcert } from "./per-concert";
import { readQueueToken } from "./token";

declare const presented: unique symbol;
declare const checked: unique symbol;

/**
 * A queue token that is the fan's own, for this concert, with a good signature. Whether it is admitted now is for the
 * write to say that takes it: its own statement asks for `ADMITTED_NOW`. Only this module can make one.
 */
export type PresentedToken = {
  readonly concertId: string;
  readonly entryId: string;
  readonly userId: string;
  /** The token's; the entry's own is another one once the token was replaced. */
  readonly generation: number;
  readonly [presented]: true;
};

/**
 * The right to shop, proved to this process by a database check within the last second. Only this module can make
 * one. Whatever changes anything checks the entry once more inside its own statement (`ADMITTED_NOW`).
 */
export type Admission = PresentedToken & { readonly [checked]: true };

/** For the WHERE of another module's statement on `queue_entries e`: the entry is admitted by the database's clock. */
export const ADMITTED_NOW = "e.status = 'admitted' and e.admitted_until > now()";

const CACHE_MS = 1000;
const CACHE_MOST = 50_000;

// By entry: monotonic time until which a check need not be repeated, for tokens of the generation that was checked.
const cache = () => oncePerProcess("queue.admissions", () => new Map<string, { until: number; generation: number }>());

/** What a claim sets, for the SET of a statement on `queue_entries e` beside `session_seconds` of the room. */
export const claimedUntil = (sessionSeconds: string): string =>
  `case when e.claimed_at is null then e.admitted_at + make_interval(secs => ${sessionSeconds} + e.extension_seconds) else e.admitted_until end`;

const claimAll = statement<{ id: string }>(
  "queue_claim",
  `update queue_entries e
   set claimed_at = now(), admitted_until = greatest(e.admitted_until, ${claimedUntil("q.session_seconds")})
   from queues q
   where e.concert_id = $1 and e.id = any((select $2::uuid[])::uuid[]) and ${ADMITTED_NOW} and e.claimed_at is null
     and q.concert_id = $1
   returning e.id`,
);

/** Claims that come together are one statement: at a sale's opening a thousand fans read the dates in one second. */
const claims = perConcert<string, boolean>("queue.claims", async (db, concertId, ids) => {
  const claimed = new Set((await claimAll(db, [concertId, ids])).map(({ id }) => id));
  return ids.map((id) => claimed.has(id));
});

/**
 * The gate: the token is the signed-in fan's own, for this concert, and admitted now. The first call through it
 * claims the turn, which stretches the admission from `claimSeconds` to `sessionSeconds`.
 * Throws `queue_token_required`, `queue_token_invalid`, `queue_waiting` (with `position`), `admission_expired`.
 */
export async function requireAdmission(
  db: Db,
  { token, concertId, userId }: { token: string | undefined; concertId: string; userId: string },
): Promise<Admission> {
  return await checkAdmission(db, presentToken({ token, concertId, userId }));
}

/** The rest of the gate for a token that was presented. Throws `queue_waiting`, `admission_expired`. */
export async function checkAdmission(db: Db, presented: PresentedToken): Promise<Admission> {
  const { concertId, entryId } = presented;
  const admission = presented as Admission;
  const now = performance.now();
  const checked = cache().get(entryId);
  if (checked && checked.until > now && checked.generation === presented.generation) return admission;
  const entry = await readEntry(db, concertId, entryId);
  await refuseUnlessAdmitted(db, presented, entry);
  if (entry?.claimedAt === null) {
    const claimed = await claims(db, concertId, presented.entryId);
    // Claimed by another call at the same moment, or over in between: the entry knows.
    if (!claimed) await refuseUnlessAdmitted(db, presented, await readEntry(db, concertId, entryId));
  }
  if (cache().size >= CACHE_MOST) cache().clear();
  const endsIn = (entry?.admittedUntil?.getTime() ?? 0) - Date.now();
  const until = now + Math.max(0, Math.min(CACHE_MS, endsIn));
  cache().set(entryId, { until, generation: presented.generation });
  return admission;
}

/** A token sent where none is needed (the wallet) is still checked as at the gate. Throws what the gate throws. */
export async function checkQueueToken(db: Db, { token, userId }: { token: string; userId: string }): Promise<void> {
  const claims = readQueueToken(token);
  if (!claims) throw queueTokenInvalid();
  await requireAdmission(db, { token, concertId: claims.concertId, userId });
}

/** Why a write that asked for `ADMITTED_NOW` found nothing: throws the gate's reason, or returns if there is none. */
export async function explainRefusal(db: Db, presented: PresentedToken): Promise<void> {
  forgetAdmission(presented.entryId);
  await refuseUnlessAdmitted(db, presented, await readEntry(db, presented.concertId, presented.entryId));
}

/** The next call of this entry asks the database again. */
export const forgetAdmission = (entryId: string): void => {
  cache().delete(entryId);
};

/** The half of the gate that needs no database. Throws `queue_token_required`, `queue_token_invalid`. */
export function presentToken(asked: { token: string | undefined; concertId: string; userId: string }): PresentedToken {
  const { token, concertId, userId } = asked;
  if (!token) throw queueTokenRequired();
  const claims = readQueueToken(token);
  if (claims?.concertId !== concertId || claims.userId !== userId) throw queueTokenInvalid();
  return { concertId, entryId: claims.entryId, userId, generation: claims.generation } as PresentedToken;
}

async function refuseUnlessAdmitted(db: Db, presented: PresentedToken, entry: Entry | null): Promise<void> {
  if (entry?.userId !== presented.userId || entry.generation !== presented.generation) throw queueTokenInvalid();
  if (entry.status === "admitted") return;
  if (entry.status !== "waiting" && entry.status !== "lobby") throw admissionExpired();
  throw queueWaiting(entry.number === null ? null : await positionOf(db, presented.concertId, entry));
}

const readPosition = statement<{ position: number }>(
  "queue_read_position",
  `select $2::int8 + 1 - q.served_through - (select count(*) from queue_departures
     where concert_id = $1 and number > q.served_through and number <= $2::int8) as position
   from queues q where q.concert_id = $1`,
);

/** From memory where this process has the line in it; inside a transaction by a read. */
async function positionOf(db: Db, concertId: string, entry: Entry): Promise<number> {
  const line = knownLine(db, concertId);
  if (line?.touch()) return line.positionOfEntry(entry);
  const [row] = await readPosition(db, [concertId, entry.deferredTo ?? (entry.number ?? 1) - 1]);
  return Math.max(1, row?.position ?? 1);
}
