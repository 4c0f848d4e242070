import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Db } from "@/db/client";
import { users } from "@/db/schema/auth";
import { cloneDatabase, type TestDatabase } from "@/db/testing/database";
import { AppError } from "@/lib/core/errors";
import { newId } from "@/lib/core/ids";
import { answerOnce } from "./answer-once";
import { forgetOldKeys } from "./forget-old-keys";
import { findAnswer } from "./queries";
import { hashRequest } from "./request-hash";
import { idempotencyKeySchema } from "./schema";

let test: TestDatabase;
beforeAll(async () => {
  test = await cloneDatabase(60);
  await test.db.execute(sql`create table effects (key text not null)`);
});
afterAll(() => test.drop());

async function makeIntent() {
  const userId = newId();
  await test.db.insert(users).values({ id: userId, email: `${userId}@example.com`, name: "Fan" });
  return { userId, key: newId(), requestHash: hashRequest({ method: "POST", path: "/api/x", body: { a: 1 } }) };
}

const effect = async (db: Db, key: string) => {
  await db.execute(sql`insert into effects values (${key})`);
  return { status: 201, body: `{"made":"${newId()}"}` };
};
const effectsOf = async (key: string) =>
  (await test.db.execute<{ n: number }>(sql`select count(*)::int as n from effects where key = ${key}`)).rows[0]?.n;

describe("answerOnce", () => {
  it("replays the first answer byte for byte, without a second effect", async () => {
    const intent = await makeIntent();
    const first = await answerOnce(test.db, intent, (tx) => effect(tx, intent.key));
    const second = await answerOnce(test.db, intent, (tx) => effect(tx, intent.key));
    expect(first).toMatchObject({ status: 201, replayed: false });
    expect(second).toEqual({ ...first, replayed: true });
    expect(await effectsOf(intent.key)).toBe(1);
  });

  it("has one effect for 50 calls at the same moment; the others hear the answer or that it is running", async () => {
    const intent = await makeIntent();
    const slow = async (tx: Db) => {
      await tx.execute(sql`select pg_sleep(0.05)`);
      return await effect(tx, intent.key);
    };
    const outcomes = await Promise.allSettled(Array.from({ length: 50 }, () => answerOnce(test.db, intent, slow)));
    const bodies = new Set<string>();
    for (const outcome of outcomes) {
      if (outcome.status === "fulfilled") bodies.add(outcome.value.body);
      else expect(outcome.reason).toMatchObject({ code: "idempotency_in_progress", retryAfter: 1 });
    }
    expect(bodies.size).toBe(1);
    expect(await effectsOf(intent.key)).toBe(1);
  });

  it("negative control: without it the same 50 calls have 50 effects", async () => {
    const key = newId();
    await Promise.all(Array.from({ length: 50 }, () => test.db.transaction((tx) => effect(tx, key))));
    expect(await effectsOf(key)).toBe(50);
  });

  it("does not rest on the courtesy lock: with it out of the way the row alone lets one through", async () => {
    const intent = await makeIntent();
    // The holder has the row but not the lock, as a call whose lock lives on another node would.
    const holder = await test.db.$client.connect();
    await holder.query("begin");
    await holder.query(
      "insert into idempotency_keys (user_id, key, request_hash, status, body, created_at) values ($1, $2, $3, 201, '{}', now())",
      [intent.userId, intent.key, intent.requestHash],
    );
    const waiting = answerOnce(test.db, intent, (tx) => effect(tx, intent.key));
    await new Promise((resolve) => setTimeout(resolve, 50));
    await holder.query("commit");
    holder.release();
    expect(await waiting).toEqual({ status: 201, body: "{}", replayed: true });
    expect(await effectsOf(intent.key)).toBe(0);
  });

  it("says that the first call is running while its transaction is open on another connection", async () => {
    const intent = await makeIntent();
    let finish = () => {};
    let started = () => {};
    const running = new Promise<void>((resolve) => {
      started = resolve;
    });
    const first = answerOnce(test.db, intent, async (tx) => {
      started();
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      return await effect(tx, intent.key);
    });
    await running;
    await expect(answerOnce(test.db, intent, (tx) => effect(tx, intent.key))).rejects.toMatchObject({
      code: "idempotency_in_progress",
    });
    finish();
    expect((await first).replayed).toBe(false);
    expect(await effectsOf(intent.key)).toBe(1);
  });

  it("refuses a key that was used for another request, and keeps keys of different fans apart", async () => {
    const intent = await makeIntent();
    await answerOnce(test.db, intent, (tx) => effect(tx, intent.key));
    const changed = { ...intent, requestHash: hashRequest({ method: "POST", path: "/api/x", body: { a: 2 } }) };
    await expect(answerOnce(test.db, changed, (tx) => effect(tx, intent.key))).rejects.toMatchObject({
      code: "idempotency_key_reused",
    });
    const other = { ...(await makeIntent()), key: intent.key };
    expect((await answerOnce(test.db, other, (tx) => effect(tx, intent.key))).replayed).toBe(false);
    expect(await effectsOf(intent.key)).toBe(2);
  });

  it("keeps a domain refusal, with what the verb did before it rolled back", async () => {
    const intent = await makeIntent();
    const refuse = async (tx: Db): Promise<never> => {
      await effect(tx, intent.key);
      throw new AppError("seat_unavailable", "Taken.", { seatIds: ["a"] });
    };
    const first = await answerOnce(test.db, intent, refuse);
    expect(first.status).toBe(409);
    expect(JSON.parse(first.body)).toMatchObject({ code: "seat_unavailable", seatIds: ["a"], status: 409 });
    const second = await answerOnce(test.db, intent, (tx) => effect(tx, intent.key));
    expect(second).toEqual({ ...first, replayed: true });
    expect(await effectsOf(intent.key)).toBe(0);
  });

  it.each(["invalid_request", "unauthenticated", "queue_waiting", "rate_limited", "unavailable"] as const)(
    "does not keep %s: the key stays free",
    async (code) => {
      const intent = await makeIntent();
      const refused = answerOnce(test.db, intent, async (tx) => {
        await effect(tx, intent.key);
        throw new AppError(code, "No.");
      });
      await expect(refused).rejects.toMatchObject({ code });
      expect(await findAnswer(test.db, intent)).toBeNull();
      expect((await answerOnce(test.db, intent, (tx) => effect(tx, intent.key))).replayed).toBe(false);
      expect(await effectsOf(intent.key)).toBe(1);
    },
  );

  it("leaves nothing behind when the backend is terminated in mid-transaction, and the retry works", async () => {
    const intent = await makeIntent();
    const cut = answerOnce(test.db, intent, async (tx) => {
      const { rows } = await tx.execute<{ pid: number }>(sql`select pg_backend_pid() as pid`);
      await effect(tx, intent.key);
      await test.db.execute(sql`select pg_terminate_backend(${rows[0]?.pid})`);
      await new Promise((resolve) => setTimeout(resolve, 30));
      return await effect(tx, intent.key);
    });
    await expect(cut).rejects.toThrow();
    expect(await effectsOf(intent.key)).toBe(0);
    expect((await answerOnce(test.db, intent, (tx) => effect(tx, intent.key))).replayed).toBe(false);
    expect(await effectsOf(intent.key)).toBe(1);
  });

  it("gives the kept answer when the connection dies after the commit went out", async () => {
    const intent = await makeIntent();
    // The commit reaches the database; its acknowledgement does not reach us.
    const lossy = new Proxy(test.db, {
      get(target, name, receiver) {
        if (name !== "transaction") return Reflect.get(target, name, receiver);
        return async (run: Parameters<typeof target.transaction>[0]) => {
          await target.transaction(run);
          throw Object.assign(new Error("Connection terminated unexpectedly"), { code: "ECONNRESET" });
        };
      },
    });
    const answer = await answerOnce(lossy, intent, (tx) => effect(tx, intent.key));
    expect(answer.status).toBe(201);
    expect(await findAnswer(test.db, intent)).toEqual({ status: 201, body: answer.body });
    expect(await effectsOf(intent.key)).toBe(1);
  });

  it("frees a key after 24 hours, whether or not it was tidied away", async () => {
    const intent = await makeIntent();
    await answerOnce(test.db, intent, (tx) => effect(tx, intent.key));
    const age = (interval: string) =>
      test.db.execute(
        sql`update idempotency_keys set created_at = created_at - ${interval}::interval where key = ${intent.key}`,
      );
    await age("23 hours 59 minutes");
    expect((await answerOnce(test.db, intent, (tx) => effect(tx, intent.key))).replayed).toBe(true);
    await age("2 minutes");
    expect(await findAnswer(test.db, intent)).toBeNull();
    const changed = { ...intent, requestHash: hashRequest({ method: "POST", path: "/api/y", body: null }) };
    expect((await answerOnce(test.db, changed, (tx) => effect(tx, intent.key))).replayed).toBe(false);
    await age("25 hours");
    expect(await forgetOldKeys(test.db, 1000)).toBe(1);
    expect(await forgetOldKeys(test.db, 1000)).toBe(0);
  });

  it("tidies no more at a time than it was told to", async () => {
    const { userId } = await makeIntent();
    await test.db.execute(sql`
      insert into idempotency_keys (user_id, key, request_hash, status, body, created_at)
      select ${userId}::uuid, 'old-' || n, '', 201, '{}', now() - interval '25 hours' from generate_series(1, 30) n`);
    expect(await forgetOldKeys(test.db, 7)).toBe(7);
    expect(await forgetOldKeys(test.db, 1000)).toBe(23);
  });

  it("refuses a session whose account is not there", async () => {
    const ghost = { userId: newId(), key: "k", requestHash: "h" };
    await expect(answerOnce(test.db, ghost, (tx) => effect(tx, "k"))).rejects.toMatchObject({
      code: "unauthenticated",
    });
  });
});

describe("what makes a request the same", () => {
  it("is method, path and the body's value, not its spacing or the order of its keys", () => {
    const base = { method: "POST", path: "/api/x", body: { a: [1, { b: 2, c: 3 }] } };
    expect(hashRequest({ ...base, body: { a: [1, { c: 3, b: 2 }] } })).toBe(hashRequest(base));
    for (const other of [
      { ...base, method: "PATCH" },
      { ...base, path: "/api/y" },
      { ...base, body: { a: [{ b: 2, c: 3 }, 1] } },
      { ...base, body: { a: ["1", { b: 2, c: 3 }] } },
    ])
      expect(hashRequest(other)).not.toBe(hashRequest(base));
  });
});

describe("the key", () => {
  it.each(["a", "!~", "x".repeat(255)])("may be %j", (key) => {
    expect(idempotencyKeySchema.safeParse(key).success).toBe(true);
  });
  it.each(["", "x".repeat(256), "a b", "a\tb", "é", "\u0000", "a\n"])("may not be %j", (key) => {
    expect(idempotencyKeySchema.safeParse(key).success).toBe(false);
  });
});
