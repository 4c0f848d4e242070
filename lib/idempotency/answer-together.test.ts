import { sql } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { type Client, createClient, type Db, type Tx } from "@/db/client";
import { isDatabaseAway, sqlState } from "@/db/errors";
import { untilBlocked } from "@/db/testing/crowd";
import { cloneDatabase, type TestDatabase } from "@/db/testing/database";
import { makeUser } from "@/db/testing/factories";
import { newId } from "@/lib/core/ids";
import { metricsText, readMetrics } from "@/lib/core/metrics";
import { answerOnce, lockOf } from "./answer-once";
import { answerTogether, type RunTogether } from "./answer-together";
import { findAnswer, type Intent, type KeptAnswer } from "./queries";

let test: TestDatabase;
let db: Client;
let other: Client;
beforeAll(async () => {
  test = await cloneDatabase(30);
  db = test.db;
  other = createClient(test.url, 30);
  await db.execute(sql`
    create table effects (of text not null, at xid8 not null default pg_current_xact_id(),
                          once text constraint effects_once unique deferrable initially deferred)`);
  await db.execute(sql`create table rows_to_lock (id text primary key)`);
});
afterEach(() => {
  vi.restoreAllMocks();
});
afterAll(async () => {
  await other.$client.end();
  await test.drop();
});

type Call = { userId: string; intent: Intent | null; item: string };

const intentOf = (userId: string, key: string = newId(), requestHash = "request"): Intent => ({
  userId,
  key,
  requestHash,
});

/** A call of a new fan, with a key unless told otherwise; `item` is what its effect is found by. */
async function newCall(isKeyed = true): Promise<Call> {
  const { id: userId } = await makeUser(db);
  return { userId, intent: isKeyed ? intentOf(userId) : null, item: newId() };
}

const newCalls = (count: number): Promise<Call[]> => Promise.all(Array.from({ length: count }, () => newCall()));

const answerFor = (item: string): KeptAnswer => ({ status: 201, body: `{"made":"${item} ${newId()}"}` });

/** One effect for each, in one statement. */
const effects: RunTogether<string> = async (tx, items) => {
  await tx.execute(sql`insert into effects select unnest(${sql.param(items)}::text[])`);
  return items.map(answerFor);
};

const effectOf = async (tx: Db, item: string): Promise<KeptAnswer> => {
  await tx.execute(sql`insert into effects values (${item})`);
  return answerFor(item);
};

/** Each test has a line of its own, unless it shares one on purpose. */
const together = (call: Call, run = effects, kind = newId(), on: Client = db) =>
  answerTogether(on, { kind, run }, call);

/** Calls made at one moment: one group. */
function atOnce(calls: Call[], run = effects, on: Client = db) {
  const kind = newId();
  return calls.map((call) => together(call, run, kind, on));
}

/** As the API does: alone, whoever was not answered together. */
async function answered(call: Call, run = effects, kind = newId(), on: Client = db) {
  const given = await answerTogether(on, { kind, run }, call);
  if (given) return given;
  if (!call.intent) return { ...(await effectOf(on, call.item)), replayed: false };
  return await answerOnce(on, call.intent, (tx) => effectOf(tx, call.item));
}

async function countEffects(calls: Call[]): Promise<number[]> {
  const { rows } = await db.execute<{ of: string; n: number }>(
    sql`select of, count(*)::int as n from effects where of = any(${sql.param(calls.map(({ item }) => item))}::text[]) group by of`,
  );
  const found = new Map(rows.map(({ of, n }) => [of, n]));
  return calls.map(({ item }) => found.get(item) ?? 0);
}

async function transactionsOf(calls: Call[]): Promise<number> {
  const items = sql.param(calls.map(({ item }) => item));
  const { rows } = await db.execute<{ n: number }>(
    sql`select count(distinct at)::int as n from effects where of = any(${items}::text[])`,
  );
  return rows[0]?.n ?? 0;
}

const reasonOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    (value) => expect.fail(`answered ${JSON.stringify(value)}`),
    (error) => error,
  );

/** A client whose commits do their work, or are undone, and then are not answered. */
function losingCommits({ isDone }: { isDone: boolean }): Client {
  return new Proxy(db, {
    get(target, name, receiver) {
      if (name !== "transaction") return Reflect.get(target, name, receiver);
      return async (run: (tx: Tx) => Promise<unknown>) => {
        const lost = Object.assign(new Error("Connection terminated unexpectedly"), { code: "ECONNRESET" });
        await target.transaction(async (tx) => {
          await run(tx as Tx);
          if (!isDone) throw lost;
        });
        throw lost;
      };
    },
  });
}

/** Whatever the lines said of faults on stderr. */
function hear(): string[] {
  const lines: string[] = [];
  vi.spyOn(process.stderr, "write").mockImplementation((line) => lines.push(String(line)) > 0);
  return lines;
}

describe("calls that come at once", () => {
  it("share one transaction, effects and keys alike", async () => {
    const calls = await newCalls(20);
    const given = await Promise.all(atOnce(calls));
    for (const [at, answer] of given.entries()) {
      expect(answer).toMatchObject({ status: 201, replayed: false });
      expect(answer?.body).toContain(calls[at]?.item);
    }
    expect(await transactionsOf(calls)).toBe(1);
    const keys = sql.param(calls.map(({ intent }) => intent?.key));
    const { rows } = await db.execute(sql`
      select distinct k.xmin::text, (select at from effects where of = ${calls[0]?.item})::text
      from idempotency_keys k where k.key = any(${keys}::text[])`);
    expect(rows).toHaveLength(1);
    expect(Object.values(rows[0] as object)[0]).toBe(Object.values(rows[0] as object)[1]);
  });

  it("negative control: alone, each has a transaction of its own", async () => {
    const calls = await newCalls(20);
    await Promise.all(calls.map(({ intent, item }) => answerOnce(db, intent as Intent, (tx) => effectOf(tx, item))));
    expect(await transactionsOf(calls)).toBe(20);
  });

  it("are 64 to a group, and what comes meanwhile is the next one", async () => {
    const calls = await newCalls(100);
    const sizes: number[] = [];
    const run: RunTogether<string> = (tx, items) => {
      sizes.push(items.length);
      return effects(tx, items);
    };
    await Promise.all(atOnce(calls, run));
    expect(sizes).toEqual([64, 36]);
    expect(await countEffects(calls)).toEqual(calls.map(() => 1));
  });

  it("do not wait for those of another kind", async () => {
    const [slow, quick] = (await newCalls(2)) as [Call, Call];
    let finish = () => {};
    const held = together(slow, async (tx, items) => {
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      return await effects(tx, items);
    });
    expect(await together(quick)).toMatchObject({ status: 201 });
    finish();
    expect(await held).toMatchObject({ status: 201 });
  });

  it("are done once without a key, too, and nothing is kept of them", async () => {
    const calls = await Promise.all([newCall(false), newCall(false), newCall()]);
    for (const answer of await Promise.all(atOnce(calls))) expect(answer).toMatchObject({ replayed: false });
    expect(await transactionsOf(calls)).toBe(1);
    const { rows } = await db.execute(
      sql`select 1 from idempotency_keys where user_id = any(${sql.param(calls.map(({ userId }) => userId))}::uuid[])`,
    );
    expect(rows).toHaveLength(1);
  });

  it("leave a fan's second call, and whom the work leaves out, to be made alone", async () => {
    const [a, b] = (await newCalls(2)) as [Call, Call];
    const second = { ...a, intent: intentOf(a.userId), item: newId() };
    const run: RunTogether<string> = async (tx, items) => {
      expect(items).toEqual([a.item, b.item]);
      await effects(tx, [a.item]);
      return [answerFor(a.item), null];
    };
    expect(await Promise.all(atOnce([a, b, second], run))).toEqual([expect.anything(), null, null]);
    expect(await findAnswer(db, b.intent as Intent)).toBeNull();
    expect(await countEffects([a, b, second])).toEqual([1, 0, 0]);
  });

  it("are counted: made together or left to be made alone; a replay is neither", async () => {
    const counted = async (outcome: string) => {
      const line = `frontrow_calls_together_total{outcome="${outcome}"}`;
      const text = metricsText(await readMetrics());
      return Number(
        text
          .split("\n")
          .find((one) => one.startsWith(line))
          ?.split(" ")[1],
      );
    };
    const before = [await counted("together"), await counted("left to be made alone")] as const;
    const [a] = (await newCalls(1)) as [Call];
    await Promise.all(atOnce([a, { ...a, intent: intentOf(a.userId) }]));
    await together(a);
    const reused = { ...a, intent: { ...(a.intent as Intent), requestHash: "another" } };
    await expect(together(reused)).rejects.toMatchObject({ code: "idempotency_key_reused" });
    expect(await counted("together")).toBe(before[0] + 1);
    expect(await counted("left to be made alone")).toBe(before[1] + 1);
  });
});

describe("a key", () => {
  it("replays its first answer byte for byte, without a second effect, beside others' first calls", async () => {
    const calls = await newCalls(3);
    const first = await Promise.all(atOnce(calls));
    const more = await newCalls(2);
    const again = await Promise.all(atOnce([...calls, ...more]));
    expect(again.slice(0, 3)).toEqual(first.map((answer) => ({ ...answer, replayed: true })));
    expect(again.slice(3)).toEqual([0, 1].map(() => expect.objectContaining({ replayed: false })));
    expect(await countEffects([...calls, ...more])).toEqual([1, 1, 1, 1, 1]);
    // Alone it is the same key.
    const { intent, item } = calls[0] as Call;
    const alone = await answerOnce(db, intent as Intent, (tx) => effectOf(tx, item));
    expect(alone).toEqual({ ...first[0], replayed: true });
  });

  it("replays a refusal that was kept alone", async () => {
    const [call] = (await newCalls(1)) as [Call];
    const refusal = { status: 409, body: '{"code":"seat_unavailable"}' };
    await answerOnce(db, call.intent as Intent, async () => refusal);
    expect(await together(call)).toEqual({ ...refusal, replayed: true });
  });

  it("is refused for another request, and for nobody else", async () => {
    const [a, b] = (await newCalls(2)) as [Call, Call];
    await together(a);
    const { key } = a.intent as Intent;
    const changed = { ...a, item: newId(), intent: intentOf(a.userId, key, "another request") };
    const sameKey = { ...b, intent: intentOf(b.userId, key) };
    const [reused, fresh] = atOnce([changed, sameKey]);
    expect(await reasonOf(reused as Promise<unknown>)).toMatchObject({ code: "idempotency_key_reused" });
    expect(await fresh).toMatchObject({ replayed: false });
    expect(await countEffects([changed, sameKey])).toEqual([0, 1]);
  });

  it("is in progress while another connection has it, and others beside it are answered", async () => {
    const [a, b] = (await newCalls(2)) as [Call, Call];
    await other.transaction(async (tx) => {
      await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${lockOf(a.intent as Intent)}, 0))`);
      const [running, free] = atOnce([a, b]);
      expect(await reasonOf(running as Promise<unknown>)).toMatchObject({
        code: "idempotency_in_progress",
        retryAfter: 1,
      });
      expect(await free).toMatchObject({ replayed: false });
    });
    expect(await countEffects([a, b])).toEqual([0, 1]);
    expect(await together(a)).toMatchObject({ replayed: false });
  });

  it("has one effect for many calls in two processes, together and alone, and one answer", async () => {
    const calls = await newCalls(30);
    const kind = newId();
    const tries = calls.flatMap((call) =>
      [db, other, db, other].map((on, at) =>
        at < 2
          ? answered(call, effects, kind, on)
          : answerOnce(on, call.intent as Intent, (tx) => effectOf(tx, call.item)),
      ),
    );
    const bodies = new Set<string>();
    for (const outcome of await Promise.allSettled(tries)) {
      if (outcome.status === "fulfilled") bodies.add(outcome.value.body);
      else expect(outcome.reason).toMatchObject({ code: "idempotency_in_progress" });
    }
    expect(bodies.size).toBe(30);
    expect(await countEffects(calls)).toEqual(calls.map(() => 1));
  });

  it("is free again after 24 hours", async () => {
    const [call] = (await newCalls(1)) as [Call];
    await together(call);
    const age = (interval: string) =>
      db.execute(
        sql`update idempotency_keys set created_at = created_at - ${interval}::interval where key = ${call.intent?.key}`,
      );
    await age("23 hours 59 minutes");
    expect(await together(call)).toMatchObject({ replayed: true });
    await age("2 minutes");
    const changed = { ...call, item: newId(), intent: { ...(call.intent as Intent), requestHash: "another" } };
    const anew = await together(changed);
    expect(anew).toMatchObject({ replayed: false });
    expect(await together(changed)).toEqual({ ...anew, replayed: true });
    expect(await countEffects([call, changed])).toEqual([1, 1]);
  });
});

describe("when one of a group spoils it", () => {
  it("takes all of it back, and the others still get theirs, alone", async () => {
    const said = hear();
    const calls = await newCalls(5);
    const run: RunTogether<string> = async (tx, items) => {
      await effects(tx, items);
      throw new Error("a wallet was emptied");
    };
    const kind = newId();
    const given = await Promise.all(calls.map((call) => answered(call, run, kind)));
    for (const answer of given) expect(answer).toMatchObject({ status: 201, replayed: false });
    expect(await countEffects(calls)).toEqual(calls.map(() => 1));
    expect(await transactionsOf(calls)).toBe(5);
    expect(said.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({ event: "idempotency.not-made-together", error: "a wallet was emptied" }),
    ]);
  });

  it("lets the answer of another call with its key stand (outrun)", async () => {
    const [a, b] = (await newCalls(2)) as [Call, Call];
    const { userId, key, requestHash } = a.intent as Intent;
    const first = { status: 200, body: '{"by":"another process"}' };
    const run: RunTogether<string> = async (tx, items) => {
      // Another process, whose lock lives elsewhere.
      await other.execute(sql`
        insert into idempotency_keys (user_id, key, request_hash, status, body, created_at)
        values (${userId}, ${key}, ${requestHash}, ${first.status}, ${first.body}, now()) on conflict do nothing`);
      return await effects(tx, items);
    };
    const kind = newId();
    const given = await Promise.all([a, b].map((call) => answered(call, run, kind)));
    expect(given[0]).toEqual({ ...first, replayed: true });
    expect(given[1]).toMatchObject({ status: 201, replayed: false });
    expect(await countEffects([a, b])).toEqual([0, 1]);
  });

  it("tells an account that is gone, and nobody else", async () => {
    const calls = await newCalls(3);
    const ghost: Call = { userId: newId(), intent: null, item: newId() };
    ghost.intent = intentOf(ghost.userId);
    const kind = newId();
    const tries = [...calls, ghost].map((call) => answered(call, effects, kind));
    expect(await reasonOf(tries[3] as Promise<unknown>)).toMatchObject({ code: "unauthenticated" });
    for (const answer of await Promise.all(tries.slice(0, 3))) expect(answer).toMatchObject({ status: 201 });
    expect(await countEffects([...calls, ghost])).toEqual([1, 1, 1, 0]);
  });

  it("keeps nobody waiting but the fan whose row somebody else has locked", async () => {
    const calls = await newCalls(6);
    const [stuck, ...others] = calls as [Call, ...Call[]];
    for (const { item } of calls) await db.execute(sql`insert into rows_to_lock values (${item})`);
    const lockRows = (tx: Db, items: string[]) =>
      tx.execute(sql`select 1 from rows_to_lock where id = any(${sql.param(items)}::text[]) order by id for update`);
    const run: RunTogether<string> = async (tx, items) => {
      await lockRows(tx, items);
      return await effects(tx, items);
    };
    const kind = newId();
    const answerOne = async (call: Call) =>
      (await answerTogether(db, { kind, run }, call)) ??
      (await answerOnce(db, call.intent as Intent, async (tx) => {
        await lockRows(tx, [call.item]);
        return await effectOf(tx, call.item);
      }));
    let isStuck = true;
    let waiting: Promise<unknown> = Promise.resolve();
    await other.transaction(async (tx) => {
      await lockRows(tx, [stuck.item]);
      waiting = answerOne(stuck).finally(() => {
        isStuck = false;
      });
      // The lock is kept for as long as they take.
      await Promise.all(others.map(answerOne));
      await untilBlocked(db, 1);
      expect(isStuck).toBe(true);
    });
    expect(await waiting).toMatchObject({ status: 201, replayed: false });
    expect(await countEffects(calls)).toEqual(calls.map(() => 1));
  });

  it("parts two groups that wait for each other before PostgreSQL has to", async () => {
    const calls = (await newCalls(2)) as [Call, Call];
    const ids = calls.map(({ item }) => item);
    for (const id of ids) await db.execute(sql`insert into rows_to_lock values (${id})`);
    let arrived = 0;
    let meet = () => {};
    const met = new Promise<void>((resolve) => {
      meet = resolve;
    });
    const states: (string | null)[] = [];
    const crossing =
      (order: string[]): RunTogether<string> =>
      async (tx, items) => {
        for (const id of order) {
          const locked = tx.execute(sql`select 1 from rows_to_lock where id = ${id} for update`);
          await locked.catch((error: unknown) => states.push(sqlState(error)));
          if (++arrived === 2) meet();
          await met;
        }
        return await effects(tx, items);
      };
    const given = await Promise.all([
      answered(calls[0], crossing(ids), newId(), db),
      answered(calls[1], crossing([...ids].reverse()), newId(), other),
    ]);
    for (const answer of given) expect(answer).toMatchObject({ status: 201, replayed: false });
    expect(new Set(states)).toEqual(new Set(["55P03"]));
    expect(await countEffects(calls)).toEqual([1, 1]);
  });

  it("does all of it again, alone, when PostgreSQL refuses the commit", async () => {
    const [a, b] = (await newCalls(2)) as [Call, Call];
    await db.execute(sql`insert into effects (of, once) values ('first', 'once')`);
    const run: RunTogether<string> = async (tx, items) => {
      await tx.execute(sql`insert into effects (of, once) values (${items[0]}, 'once')`);
      return items.map(answerFor);
    };
    const kind = newId();
    const given = await Promise.all([a, b].map((call) => answered(call, run, kind)));
    for (const answer of given) expect(answer).toMatchObject({ status: 201, replayed: false });
    expect(await countEffects([a, b])).toEqual([1, 1]);
  });

  it("gives up with a statement that ran out of time, without a second try", async () => {
    const [call] = (await newCalls(1)) as [Call];
    const run = vi.fn(async (tx: Tx): Promise<KeptAnswer[]> => {
      await tx.execute(sql`set local statement_timeout = '50ms'`);
      await tx.execute(sql`select pg_sleep(10)`);
      return [];
    });
    expect(sqlState(await reasonOf(together(call, run)))).toBe("57014");
    expect(run).toHaveBeenCalledTimes(1);
    expect(await together(call)).toMatchObject({ replayed: false });
  });
});

describe("a connection that dies", () => {
  it("inside of the transaction leaves nothing behind; all hear so, and their keys are free", async () => {
    const calls = [...(await newCalls(4)), await newCall(false)];
    const run: RunTogether<string> = async (tx, items) => {
      const { rows } = await tx.execute<{ pid: number }>(sql`select pg_backend_pid() as pid`);
      const answers = await effects(tx, items);
      await other.execute(sql`select pg_terminate_backend(${rows[0]?.pid}, 5000)`);
      await effects(tx, items);
      return answers;
    };
    for (const one of await Promise.allSettled(atOnce(calls, run))) {
      expect(one).toMatchObject({ status: "rejected" });
      expect(isDatabaseAway((one as PromiseRejectedResult).reason)).toBe(true);
    }
    expect(await countEffects(calls)).toEqual([0, 0, 0, 0, 0]);
    for (const answer of await Promise.all(atOnce(calls))) expect(answer).toMatchObject({ replayed: false });
    expect(await countEffects(calls)).toEqual([1, 1, 1, 1, 1]);
  });

  it("at any moment leaves all of a group or nothing, and the same calls again have one effect", async () => {
    let failed = 0;
    for (let round = 0; round < 12; round += 1) {
      const victim = createClient(test.url, 1);
      const { rows } = await victim.execute<{ pid: number }>(sql`select pg_backend_pid() as pid`);
      const calls = await newCalls(3);
      const tries = Promise.allSettled(atOnce(calls, effects, victim));
      for (let wait = 0; wait < round; wait += 1) await new Promise((resolve) => setImmediate(resolve));
      await other.execute(sql`select pg_terminate_backend(${rows[0]?.pid}, 5000)`);
      const outcomes = await tries;
      const found = await countEffects(calls);
      expect(new Set(found).size).toBe(1);
      for (const one of outcomes) {
        if (one.status === "fulfilled") expect(found[0]).toBe(1);
        else failed += 1;
      }
      for (const answer of await Promise.all(atOnce(calls))) expect(answer?.replayed).toBe(found[0] === 1);
      expect(await countEffects(calls)).toEqual([1, 1, 1]);
      await victim.$client.end();
    }
    expect(failed).toBeGreaterThan(0);
  });

  it("after the commit went out costs nobody an answer: one key speaks for all, also for calls without", async () => {
    const before = await newCall();
    const earlier = await together(before);
    const [a, b] = (await newCalls(2)) as [Call, Call];
    const unkeyed = await newCall(false);
    const reused = { ...b, userId: a.userId, intent: null };
    const finds = vi.spyOn(db.$client, "query");
    const given = await Promise.all(atOnce([unkeyed, a, b, before, reused], effects, losingCommits({ isDone: true })));
    expect(given.slice(0, 3)).toEqual([1, 2, 3].map(() => expect.objectContaining({ status: 201, replayed: false })));
    expect(given[3]).toEqual({ ...earlier, replayed: true });
    expect(given[4]).toBeNull();
    expect(finds).toHaveBeenCalledTimes(1);
    expect(await findAnswer(db, a.intent as Intent)).toEqual({ status: 201, body: given[1]?.body });
    expect(await countEffects([unkeyed, a, b, before])).toEqual([1, 1, 1, 1]);
  });

  it("with a commit that was undone is told so; what was known before stands", async () => {
    const before = await newCall();
    const earlier = await together(before);
    const [call] = (await newCalls(1)) as [Call];
    const [lost, replay] = atOnce([call, before], effects, losingCommits({ isDone: false }));
    expect(await reasonOf(lost as Promise<unknown>)).toMatchObject({ code: "ECONNRESET" });
    expect(await replay).toEqual({ ...earlier, replayed: true });
    expect(await countEffects([call])).toEqual([0]);
    expect(await together(call)).toMatchObject({ replayed: false });
  });

  it("at the commit of calls without a key leaves nobody to ask: they hear that nobody knows", async () => {
    const calls = [await newCall(false), await newCall(false)];
    for (const one of atOnce(calls, effects, losingCommits({ isDone: true })))
      expect(isDatabaseAway(await reasonOf(one))).toBe(true);
    expect(await countEffects(calls)).toEqual([1, 1]);
  });
});

/** How long the pool waits for a connection (`createClient`). */
const CONNECTION_WAIT_MS = 1500;

describe("a database that is away", () => {
  it("is told to everybody, a fan's second call included, without a second try", async () => {
    const [a, b] = (await newCalls(2)) as [Call, Call];
    const away = createClient(test.url.replace(/:\d+\//, ":1/"), 2);
    const run = vi.fn(effects);
    const again = { ...a, intent: intentOf(a.userId) };
    for (const one of atOnce([a, b, again], run, away)) expect(isDatabaseAway(await reasonOf(one))).toBe(true);
    expect(run).not.toHaveBeenCalled();
    await away.$client.end();
  });

  it("is told after one wait for a connection to however many stand in line", async () => {
    const small = createClient(test.url, 1);
    const busy = await small.$client.connect();
    const calls = await newCalls(300);
    const from = performance.now();
    for (const one of await Promise.allSettled(atOnce(calls, effects, small))) {
      expect(one.status).toBe("rejected");
    }
    expect(performance.now() - from).toBeLessThan(2 * CONNECTION_WAIT_MS);
    busy.release();
    // The line goes on as soon as there is a connection.
    expect(await together(calls[0] as Call, effects, "after", small)).toMatchObject({ replayed: false });
    await small.$client.end();
  });
});

describe("a line that is too long", () => {
  const gate = () => {
    let open = () => {};
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    return { open, opened };
  };

  it("refuses the call after 20,000 at once", async () => {
    const [first, last] = (await newCalls(2)) as [Call, Call];
    const { open, opened } = gate();
    let begun = () => {};
    const running = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const kind = newId();
    const run: RunTogether<string> = async (_, items) => {
      begun();
      await opened;
      return items.map(() => null);
    };
    const waiting = [together(first, run, kind)];
    await running;
    for (let n = 0; n < 20_000; n += 1) {
      waiting.push(together({ userId: String(n), intent: null, item: "" }, run, kind));
    }
    await expect(together(last, run, kind)).rejects.toMatchObject({ code: "unavailable" });
    open();
    expect(new Set(await Promise.all(waiting))).toEqual(new Set([null]));
  });

  it("does not make what stood in it for so long that nobody listens any more", async () => {
    const [first, late] = (await newCalls(2)) as [Call, Call];
    const { open, opened } = gate();
    const kind = newId();
    const running = together(
      first,
      async (tx, items) => {
        if (items.includes(first.item)) await opened;
        return await effects(tx, items);
      },
      kind,
    );
    await new Promise((resolve) => setImmediate(resolve));
    const waiting = reasonOf(together(late, effects, kind));
    const now = performance.now.bind(performance);
    vi.spyOn(performance, "now").mockImplementation(() => now() + 8001);
    open();
    expect(await running).toMatchObject({ replayed: false });
    expect(await waiting).toMatchObject({ code: "unavailable" });
    expect(await countEffects([first, late])).toEqual([1, 0]);
  });
});
