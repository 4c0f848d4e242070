import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Client, createClient, type Db, statement } from "./client";
import { SharedConnection } from "./shared-connection";
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
const asleep = statement<{ pid: number; ended: Date }>(
  "shared_asleep",
  "select pg_backend_pid() as pid, clock_timestamp() as ended from pg_sleep($1)",
);
const broken = statement("shared_broken", "select 1 / 0");

const pidOf = async (db: Db) => (await backend(db, []))[0]?.pid as number;
const isFree = () => single.$client.idleCount === single.$client.totalCount && single.$client.waitingCount === 0;

describe("a shared connection", () => {
  it("carries out what is sent together one behind the other, and goes back to its pool", async () => {
    const ended: string[] = [];
    const named = async (name: string, seconds: number) => {
      const [row] = await connection.use((db) => asleep(db, [seconds]));
      ended.push(name);
      return row as { pid: number; ended: Date };
    };
    const [long, short] = await Promise.all([named("long", 0.2), named("short", 0)]);
    expect(ended).toEqual(["long", "short"]);
    expect(short.pid).toBe(long.pid);
    expect(short.ended.getTime()).toBeGreaterThanOrEqual(long.ended.getTime());
    expect(isFree()).toBe(true);
  });

  it("takes the short one first on connections of their own (negative control)", async () => {
    const ended: string[] = [];
    const named = (name: string, seconds: number) => asleep(test.db, [seconds]).then(() => ended.push(name));
    await Promise.all([named("long", 0.2), named("short", 0)]);
    expect(ended).toEqual(["short", "long"]);
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
    const both = Promise.allSettled([1, 2].map(() => connection.use((db) => asleep(db, [30]))));
    const waitsFor = async () => {
      const { rows } = await test.db.$client.query("select wait_event from pg_stat_activity where pid = $1", [pid]);
      return rows[0]?.wait_event;
    };
    await expect.poll(waitsFor).toBe("PgSleep");
    await test.db.$client.query("select pg_terminate_backend($1)", [pid]);
    expect((await both).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
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
