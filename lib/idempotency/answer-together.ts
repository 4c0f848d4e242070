import { type Client, statement, type Tx } from "@/db/client";
import { isDatabaseAway, sqlState } from "@/db/errors";
import { sentTogether } from "@/db/sent-together";
import { Batcher } from "@/lib/core/batcher";
import { AppError, unavailable } from "@/lib/core/errors";
import { errorFields, log } from "@/lib/core/log";
import { counter } from "@/lib/core/metrics";
import { oncePerProcess } from "@/lib/core/registry";
import { lockOf, Outrun, stillRunning } from "./answer-once";
import { findAnswer, type Intent, type KeptAnswer, keyReused } from "./queries";
import { KEEP_HOURS } from "./rules";

/** One call among those that are made together; without `intent` it came without a key. */
export type Asked<Item> = { userId: string; intent: Intent | null; item: Item };

/** What is done for many at once: in order, each one's answer, or null for whoever has to be answered alone. */
export type RunTogether<Item> = (tx: Tx, items: Item[]) => Promise<(KeptAnswer | null)[]>;

export type GivenAnswer = KeptAnswer & { replayed: boolean };

/** As many as a transaction may take back together. */
const MOST = { batch: 64, waiting: 20_000 };

/** Whoever has stood in line for longer is not made any more: the caller is about to be told that it took too long. */
const LONGEST_IN_LINE_MS = 8000;

/** Nobody waits longer for somebody else's lock together with others: alone one keeps nobody. */
const waitBriefly = statement<never>("idempotency_wait_briefly", "set local lock_timeout = '250ms'");

const begin = statement<{ at: number; free: boolean; request_hash: string | null; status: number; body: string }>(
  "idempotency_begin_together",
  `select a.at, pg_try_advisory_xact_lock(hashtextextended(a.lock, 0)) as free, k.request_hash, k.status, k.body
   from unnest((select $1::uuid[]), (select $2::text[]), (select $3::text[])) with ordinality as a (user_id, key, lock, at)
   left join lateral (
     select request_hash, status, body from idempotency_keys
     where user_id = a.user_id and key = a.key and created_at > now() - interval '${KEEP_HOURS} hours' offset 0) k on true`,
);

const keep = statement<{ key: string }>(
  "idempotency_keep_together",
  `insert into idempotency_keys (user_id, key, request_hash, status, body, created_at)
   select a.user_id, a.key, a.request_hash, a.status, a.body, now()
   from unnest($1::uuid[], $2::text[], $3::text[], $4::int[], $5::text[]) as a (user_id, key, request_hash, status, body)
   on conflict (user_id, key) do update
     set request_hash = excluded.request_hash, status = excluded.status, body = excluded.body, created_at = excluded.created_at
     where idempotency_keys.created_at <= now() - interval '${KEEP_HOURS} hours'
   returning key`,
);

const CALLS = ["frontrow_calls_together_total", "Writes that were made in one transaction with others."] as const;
const made = counter(...CALLS, { outcome: "together" });
const left = counter(...CALLS, { outcome: "left to be made alone" });

type Outcome = GivenAnswer | null;

/** A call in line, and since when (`performance.now()`). */
type InLine = Asked<unknown> & { since: number };

/** What a line remembers: when no transaction could be begun last, and why; when it last spoke of a fault. */
type Line = { awayAt: number; awayFor: Error | null; saidAt: number };

/**
 * Answers a call together with those of its kind that come at the same time, in one transaction with their keys: a
 * commit, and each statement's fixed costs, serve many. `kind` names the work and what it is about; what is of one kind
 * is done one group after the other. Nothing is decided here that `answerOnce` would decide otherwise: whoever is refused,
 * waits for a lock or is the second call of one fan gets null and is to be answered alone, and when a transaction
 * fails, all of it. Throws what `answerOnce` throws for a key, and what a database that is away throws; `unavailable`
 * for a line that is too long.
 */
export function answerTogether<Item>(
  db: Client,
  { kind, run }: { kind: string; run: RunTogether<Item> },
  asked: Asked<Item>,
): Promise<Outcome> {
  const groups = oncePerProcess(
    "idempotency.groups",
    () => new WeakMap<object, Map<string, Batcher<InLine, Outcome>>>(),
  );
  const ofDb = groups.get(db) ?? new Map<string, Batcher<InLine, Outcome>>();
  groups.set(db, ofDb);
  let batcher = ofDb.get(kind);
  if (!batcher) {
    const line: Line = { awayAt: Number.NEGATIVE_INFINITY, awayFor: null, saidAt: Number.NEGATIVE_INFINITY };
    batcher = new Batcher((all) => answerAll(db, line, run as RunTogether<unknown>, all), MOST);
    ofDb.set(kind, batcher);
  }
  return batcher.add({ ...asked, since: performance.now() });
}

async function answerAll(
  db: Client,
  line: Line,
  run: RunTogether<unknown>,
  all: InLine[],
): Promise<(Outcome | Error)[]> {
  const refusals = new Map(all.map((one) => [one, refuseInLine(line, one)]));
  const users = new Set<string>();
  const first = all.filter((one) => !refusals.get(one) && !users.has(one.userId) && users.add(one.userId));
  const outcomes = first.length > 0 ? await answerFirst(db, line, run, first) : new Map<InLine, Outcome | Error>();
  return all.map((one) => {
    // Those who stood in line while no transaction could be begun need not try for themselves.
    const outcome = outcomes.get(one) ?? refusals.get(one) ?? refuseInLine(line, one);
    if (outcome === null) left.add();
    else if (!(outcome instanceof Error) && !outcome.replayed) made.add();
    return outcome;
  });
}

/** Why a call is not made at all: the database was found away while it stood in line, or that was for too long. */
function refuseInLine(line: Line, { since }: InLine): Error | null {
  if (since <= line.awayAt) return line.awayFor;
  return performance.now() - since > LONGEST_IN_LINE_MS ? unavailable() : null;
}

type Outcomes = Map<InLine, Outcome | Error>;

/** One call for each fan, in one transaction. */
async function answerFirst(db: Client, line: Line, run: RunTogether<unknown>, first: InLine[]): Promise<Outcomes> {
  const outcomes: Outcomes = new Map();
  let stage = "before" as "before" | "inside" | "commit";
  try {
    await db.transaction(async (tx) => {
      stage = "inside";
      await runAndKeep(tx as Tx, run, first, outcomes);
      stage = "commit";
    });
    return outcomes;
  } catch (error) {
    if (stage === "before") Object.assign(line, { awayAt: performance.now(), awayFor: error });
    if (stage === "commit" && !isAnswered(error)) return await afterLostCommit(db, outcomes, error as Error);
    // Everything was taken back.
    if (isDatabaseAway(error) || sqlState(error) === STATEMENT_TIMEOUT) {
      return new Map(first.map((one) => [one, error as Error]));
    }
    sayUnlessExpected(line, error);
    return new Map();
  }
}

/** After ten seconds a second try would find nobody who still listens. */
const STATEMENT_TIMEOUT = "57014";

/** PostgreSQL itself refused: unlike a connection that is gone, this is an answer. */
const isAnswered = (error: unknown): boolean => sqlState(error) !== null && !isDatabaseAway(error);

/** A lock not had in time, a deadlock, another call's key or payment, an account that is gone. */
const EXPECTED = new Set(["55P03", "40P01", "40001", "23505", "23503"]);

/** Everybody is still answered, alone, and nobody would notice that nothing is made together any more. */
function sayUnlessExpected(line: Line, error: unknown): void {
  if (error instanceof Outrun || error instanceof AppError || EXPECTED.has(sqlState(error) ?? "")) return;
  if (performance.now() - line.saidAt < 1000) return;
  line.saidAt = performance.now();
  log("warn", "idempotency.not-made-together", errorFields(error));
}

async function runAndKeep(tx: Tx, run: RunTogether<unknown>, asked: InLine[], outcomes: Outcomes): Promise<void> {
  const keyed = asked.filter(({ intent }) => intent !== null);
  const intents = keyed.map(({ intent }) => intent as Intent);
  const [, begun] = await sentTogether([
    waitBriefly(tx, []),
    begin(tx, [intents.map(({ userId }) => userId), intents.map(({ key }) => key), intents.map(lockOf)]),
  ]);
  for (const { at, free, request_hash, status, body } of begun) {
    const one = keyed[at - 1] as InLine;
    if (request_hash === null) {
      if (!free) outcomes.set(one, stillRunning());
    } else if (request_hash === one.intent?.requestHash) outcomes.set(one, { status, body, replayed: true });
    else outcomes.set(one, keyReused());
  }
  const open = asked.filter((one) => !outcomes.has(one));
  if (open.length === 0) return;
  const answers = await run(
    tx,
    open.map(({ item }) => item),
  );
  const done = open.flatMap((one, at) => {
    const answer = answers[at];
    return answer ? [{ one, answer }] : [];
  });
  const kept = done.filter(({ one }) => one.intent !== null);
  if (kept.length > 0) {
    const rows = await keep(tx, [
      kept.map(({ one }) => one.userId),
      kept.map(({ one }) => one.intent?.key),
      kept.map(({ one }) => one.intent?.requestHash),
      kept.map(({ answer }) => answer.status),
      kept.map(({ answer }) => answer.body),
    ]);
    if (rows.length !== kept.length) throw new Outrun();
  }
  for (const { one, answer } of done) outcomes.set(one, { ...answer, replayed: false });
}

/**
 * Nobody knows whether a commit that was not answered took place, except by the keys; and the transaction being one, the
 * first of them speaks for all. Whoever was not changed by it keeps what was found.
 */
async function afterLostCommit(db: Client, outcomes: Outcomes, error: Error): Promise<Outcomes> {
  const done = [...outcomes].filter(([, outcome]) => outcome && "replayed" in outcome && !outcome.replayed);
  const [witness, answer] = done.find(([{ intent }]) => intent !== null) ?? [];
  const kept = witness?.intent ? await findAnswer(db, witness.intent).catch(() => null) : null;
  if (kept && kept.body === (answer as KeptAnswer).body) return outcomes;
  for (const [one] of done) outcomes.set(one, error);
  return outcomes;
}
