import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Client, createClient } from "./client";
import { cloneDatabase, type TestDatabase } from "./testing/database";

let test: TestDatabase;
/** A pool of one connection: the next transaction must take the place of the one that broke. */
let single: Client;

beforeAll(async () => {
  test = await cloneDatabase(6);
  single = createClient(test.url, 1);
  await test.db.execute(sql`create table marks (owner text not null, xid xid8 not null default pg_current_xact_id())`);
});
afterAll(async () => {
  await single.$client.end();
  await test.drop();
});

const kill = (pid: number) => test.db.execute(sql`select pg_terminate_backend(${pid}, 5000)`);

async function backendOf(tx: Pick<Client, "execute">): Promise<number> {
  const { rows } = await tx.execute<{ pid: number }>(sql`select pg_backend_pid() as pid`);
  return rows[0]?.pid as number;
}

async function owners(): Promise<string[]> {
  const { rows } = await test.db.execute<{ owner: string }>(sql`select owner from marks order by owner`);
  return rows.map((row) => row.owner);
}

describe("the driver, when a backend dies inside a transaction", () => {
  it("never lets rows of two transactions commit together", async () => {
    // The order that broke postgres.js 3.4.9: A's backend dies, B is queued for A's connection, B rolls back.
    const a = single.transaction(async (tx) => {
      await tx.execute(sql`insert into marks (owner) values ('a')`);
      await kill(await backendOf(tx));
      await tx.execute(sql`insert into marks (owner) values ('a, after the kill')`);
    });
    const b = single.transaction(async (tx) => {
      await tx.execute(sql`insert into marks (owner) values ('b')`);
      throw new Error("b gives up");
    });
    await expect(a).rejects.toThrow();
    await expect(b).rejects.toThrow("b gives up");
    expect(await owners()).toEqual([]);
    await single.transaction((tx) => tx.execute(sql`insert into marks (owner) values ('c')`));
    expect(await owners()).toEqual(["c"]);
    await test.db.execute(sql`delete from marks`);
  });

  it("answers every call of a storm of kills, and keeps what was acknowledged and nothing else", async () => {
    const pool = createClient(test.url, 4);
    let isOver = false;
    const acknowledged: string[] = [];
    const refused: string[] = [];
    const workers = Array.from({ length: 12 }, async (_, worker) => {
      for (let n = 0; !isOver; n += 1) {
        const owner = `${worker}-${n}`;
        try {
          await pool.transaction(async (tx) => {
            await tx.execute(sql`insert into marks (owner) values (${owner})`);
            await tx.execute(sql`insert into marks (owner) values (${owner})`);
          });
          acknowledged.push(owner);
        } catch {
          refused.push(owner);
        }
      }
    });
    for (let round = 0; round < 200; round += 1) {
      await test.db.execute(sql`select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid() and application_name = 'frontrow' order by random() limit 2`);
    }
    isOver = true;
    await Promise.all(workers);
    await pool.$client.end();
    const { rows } = await test.db.execute<{ owner: string; rows: number; xids: number }>(
      sql`select owner, count(*)::int as rows, count(distinct xid)::int as xids from marks group by owner`,
    );
    const kept = new Map(rows.map((row) => [row.owner, row]));
    expect(acknowledged.length).toBeGreaterThan(0);
    for (const owner of acknowledged) expect(kept.get(owner)).toMatchObject({ rows: 2, xids: 1 });
    // A commit whose answer was lost may be there, but only whole.
    for (const { owner, rows, xids } of kept.values()) expect([owner, rows, xids]).toEqual([owner, 2, 1]);
    expect(refused.length).toBeGreaterThan(0);
  });
});
