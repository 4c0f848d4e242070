import { sql } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { type Client, createClient } from "@/db/client";
import { cloneDatabase, type TestDatabase } from "@/db/testing/database";
import { makeUser } from "@/db/testing/factories";
import { metricsText, readMetrics } from "@/lib/core/metrics";
import { checkIfDue, watchInvariants } from "./watch-invariants";

let test: TestDatabase;
let others: Client;
beforeAll(async () => {
  test = await cloneDatabase();
  others = createClient(test.url, 4);
  await test.db.execute(sql`insert into invariant_checks (name, due_at) values ('all', now())`);
});
afterAll(async () => {
  await others.$client.end();
  await test.drop();
});
afterEach(() => void vi.restoreAllMocks());

const makeDue = () => test.db.execute(sql`update invariant_checks set due_at = now()`);
const wait = async () =>
  Number(
    (
      await test.db.execute<{ wait: number }>(
        sql`select extract(epoch from due_at - checked_at) as wait from invariant_checks`,
      )
    ).rows[0]?.wait,
  );

describe("checkIfDue", () => {
  it("lets one process of many check, and then nobody for most of a minute", async () => {
    await makeDue();
    const done = await Promise.all(Array.from({ length: 8 }, (_, at) => checkIfDue(at % 2 ? test.db : others)));
    expect(done.filter((findings) => findings !== null)).toHaveLength(1);
    expect(await checkIfDue(others)).toBeNull();
    const seconds = await wait();
    expect(seconds).toBeGreaterThan(40);
    expect(seconds).toBeLessThanOrEqual(50);
  });

  it("is taken over from a process that died at it", async () => {
    await makeDue();
    await test.db.execute(sql`update invariant_checks set took_ms = 40000`);
    const dead = new AbortController();
    dead.abort();
    await expect(checkIfDue(test.db, { signal: dead.signal })).rejects.toThrow();
    expect(await checkIfDue(others)).toBeNull();
    await makeDue();
    expect(await checkIfDue(others)).not.toBeNull();
  });

  it("writes what is broken to the log and the metrics of every process, and takes it back", async () => {
    const lines: string[] = [];
    vi.spyOn(process.stderr, "write").mockImplementation((line) => lines.push(String(line)) > 0);
    const watch = watchInvariants(others);
    await watch.stop();
    const { id } = await makeUser(test.db, { balance: 500 });
    const shown = async () => {
      const text = metricsText(await readMetrics());
      return /frontrow_invariant_broken_rows\{invariant="balance-of-its-entries"\} (\d+)/.exec(text)?.[1];
    };
    for (const [balance, rows] of [
      [501, "1"],
      [500, "0"],
    ] as const) {
      await test.db.execute(sql`update wallets set balance = ${balance} where user_id = ${id}`);
      await makeDue();
      await checkIfDue(test.db);
      expect(await shown()).toBe(rows);
    }
    const told = lines.map((line) => JSON.parse(line)).filter(({ event }) => event === "invariants.broken");
    expect(told.map(({ invariant }) => invariant)).toEqual(["balance-of-its-entries", "running-balance"]);
    expect(told[0]).toMatchObject({ level: "error", rows: 1, offenders: [{ id }] });
    expect(metricsText(await readMetrics())).toMatch(/^frontrow_invariants_checked_timestamp_seconds \d+/m);
  });
});
