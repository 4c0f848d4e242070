import { type Client, statement, type Tx } from "@/db/client";
import { isDatabaseAway } from "@/db/errors";
import { sentTogether } from "@/db/sent-together";
import { Batcher } from "@/lib/core/batcher";
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

/**
 * Answers a call together with those of its kind that come at the same time, in one transaction with their keys: a
 * commit, and each statement's fixed costs, serve many. `kind` names the work and what it is about; what is of one kind
 * is done one group after the other. Nothing is decided here that `answerOnce` would decide otherwise: whoever is refused,
 * waits for a lock or is the second call of one fan gets null and is to be answered alone, and when a transaction
 * fails, all of it. Throws what `answerOnce` throws for a key, and `unavailable`.
 */
export function answerTogether<Item>(
  db: Client,
  { kind, run }: { kind: string; run: RunTogether<Item> },
  asked: Asked<Item>,
): Promise<Outcome> {
  const groups = oncePerProcess(
    "idempotency.groups",
    () => new WeakMap<object, Map<string, Batcher<Asked<unknown>, Outcome>>>(),
  );
  const ofDb = groups.get(db) ?? new Map<string, Batcher<Asked<unknown>, Outcome>>();
  groups.set(db, ofDb);
  let batcher = ofDb.get(kind);
  if (!batcher) {
    batcher = new Batcher((all) => answerAll(db, run as RunTogether<unknown>, all), MOST);
    ofDb.set(kind, batcher);
  }
  return batcher.add(asked);
}

async function answerAll<Item>(db: Client, run: RunTogether<Item>, all: Asked<Item>[]): Promise<(Outcome | Error)[]> {
  const users = new Set<string>();
  const first = all.filter(({ userId }) => !users.has(userId) && users.add(userId));
  const outcomes = new Map<Asked<Item>, Outcome | Error>();
  let isReady = false;
  try {
    await db.transaction(async (tx) => {
      await runAndKeep(tx as Tx, run, first, outcomes);
      isReady = true;
    });
  } catch (error) {
    outcomes.clear();
    // Before the commit everything was taken back. After it nobody knows, except by the keys.
    for (const one of first) {
      if (isReady) outcomes.set(one, await afterLostCommit(db, one, error));
      else if (isDatabaseAway(error)) outcomes.set(one, error as Error);
    }
  }
  return all.map((one) => {
    const outcome = outcomes.get(one) ?? null;
    (outcome ? made : left).add();
    return outcome;
  });
}

async function runAndKeep<Item>(
  tx: Tx,
  run: RunTogether<Item>,
  asked: Asked<Item>[],
  outcomes: Map<Asked<Item>, Outcome | Error>,
): Promise<void> {
  const keyed = asked.filter(({ intent }) => intent !== null);
  const intents = keyed.map(({ intent }) => intent as Intent);
  const [, begun] = await sentTogether([
    waitBriefly(tx, []),
    begin(tx, [intents.map(({ userId }) => userId), intents.map(({ key }) => key), intents.map(lockOf)]),
  ]);
  for (const { at, free, request_hash, status, body } of begun) {
    const one = keyed[at - 1] as Asked<Item>;
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

/** What a call whose commit was not answered is told: what its key says, else that nobody knows. */
async function afterLostCommit<Item>(db: Client, { intent }: Asked<Item>, error: unknown): Promise<Outcome | Error> {
  const kept = intent && (await findAnswer(db, intent).catch(() => null));
  return kept ? { ...kept, replayed: false } : (error as Error);
}
