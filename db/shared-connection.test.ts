import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Client, createClient, statement } from "./client";
import { SharedConnection } from "./shared-connection";
import { untilBlocked } from "./testing/crowd";
import { cloneDatabase, type TestDatabase } from "./testing/database";

let test: TestDatabase;
/** A pool of one connection: whoever keeps it keeps all others out. */
let single: Client;
let connection: SharedConnection;

beforeAll(async () => {
  test = await cloneDatabase();
  single = createClient(test.url, 1);
  connection = new SharedConnection(single);
});
afterAll(async () => {
  await single.$client.end();
  await test.drop();
});

const backend = statement<{ pid: number }>("shared_backend", "select pg_backend_pid() as pid");
const locked = statement<{ pid: number }>("shared_locked", "select pg_backend_pid() as pid, pg_advisory_xact_lock(7)");
const broken = statement("shared_broken", "select 1 / 0");

type On = Parameters<typeof backend>[0];
const lockedPidOf = async (db: On) => (await locked(db, []))[0]?.pid as number;
const pidOf = async (db: On) => (await backend(db, []))[0]?.pid as number;
const isFree = () => single.$client.idleCount === single.$client.totalCount && single.$client.waitingCount === 0;

/** Does `work` while somebody else has the lock; then what it gives back, with the lock let go. */
async function whileLocked<T>(work: () => Promise<() => Promise<T>>): Promise<T> {
  const holder = await test.db.$client.connect();
  try {
    await holder.query("begin");
    await holder.query("select pg_advisory_xact_lock(7)");
    const then = await work();
    await holder.query("commit");
    return await then();
  } finally {
    holder.release();
  }
}

describe("a shared connection", () => {
  it("carries out what is sent together one behind the other, and goes back to its pool", async () => {
    const ended: string[] = [];
    const pids = await whileLocked(async () => {
      const first = connection.use(lockedPidOf).finally(() => ended.push("first"));
      const second = connection.use(pidOf).finally(() => ended.push("second"));
      await untilBlocked(test.db, 1);
      return () => Promise.all([first, second]);
    });
    expect(ended).toEqual(["first", "second"]);
    expect(pids[0]).toBe(pids[1]);
    expect(isFree()).toBe(true);
  });

  it("would let the second one pass on a connection of its own (negative control)", async () => {
    const ended: string[] = [];
    await whileLocked(async () => {
      const first = lockedPidOf(test.db).finally(() => ended.push("first"));
      await untilBlocked(test.db, 1);
      await pidOf(test.db).finally(() => ended.push("second"));
      return () => first;
    });
    expect(ended).toEqual(["second", "first"]);
  });

  it("does by itself what follows something that failed", async () => {
    const results = await Promise.allSettled([
      connection.use((db) => broken(db, [])),
      connection.use(pidOf),
      connection.use((db) => broken(db, [])),
      connection.use(pidOf),
    ]);
    expect(results.map(({ status }) => status)).toEqual(["rejected", "fulfilled", "rejected", "fulfilled"]);
    expect(isFree()).toBe(true);
  });

  it("is another one after it broke, and nobody who used it waits for ever", async () => {
    const pid = await connection.use(pidOf);
    const both = await whileLocked(async () => {
      const both = Promise.allSettled([1, 2].map(() => connection.use(lockedPidOf)));
      await untilBlocked(test.db, 1);
      await test.db.$client.query("select pg_terminate_backend($1)", [pid]);
      return () => both;
    });
    expect(both.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(await connection.use(pidOf)).not.toBe(pid);
    expect(isFree()).toBe(true);
  });

  it("says so where no connection is to be had, and tries anew the next time", async () => {
    const kept = await single.$client.connect();
    const refused = await Promise.allSettled([connection.use(pidOf), connection.use(pidOf)]);
    expect(refused.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    kept.release();
    expect(await connection.use(pidOf)).toBeGreaterThan(0);
    expect(isFree()).toBe(true);
  });
});
