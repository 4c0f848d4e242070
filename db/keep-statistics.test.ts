import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { lookAtGrown, lookIfUnknown } from "./keep-statistics";
import { cloneDatabase, type TestDatabase } from "./testing/database";

let test: TestDatabase;
beforeAll(async () => {
  test = await cloneDatabase(1);
});
afterAll(() => test.drop());

const EXPLAIN = "explain (format json) execute find (1, 500)";

async function indexOfPlan(): Promise<string> {
  const { rows } = await test.db.$client.query<{ "QUERY PLAN": { Plan: Record<string, string> }[] }>(EXPLAIN);
  return rows[0]?.["QUERY PLAN"][0]?.Plan["Index Cond"] ?? "";
}

describe("looking at tables that grew", () => {
  it("looks at those that did and at no others, and ends the plans that were made before", async () => {
    const { db } = test;
    await db.execute(sql`create table grown (a int not null, b int not null, unique (a), primary key (a, b))`);
    await db.execute(sql`alter table grown drop constraint grown_a_key`);
    await db.execute(sql`create index grown_a_idx on grown (a)`);
    await db.execute(sql`create table steady (a int primary key)`);
    await db.execute(sql`insert into steady values (1)`);
    await db.$client.query("set plan_cache_mode = force_generic_plan");
    await db.$client.query("prepare find (int, int) as select 1 from grown where a = $1 and b = $2");
    await indexOfPlan();
    await db.execute(sql`insert into grown select 1, n from generate_series(1, 1000) n`);
    await db.execute(sql`select pg_stat_force_next_flush()`);
    expect(await lookAtGrown(db)).toEqual(["public.grown"]);
    expect(await indexOfPlan()).toBe("((a = $1) AND (b = $2))");
    await db.execute(sql`select pg_stat_force_next_flush()`);
    expect(await lookAtGrown(db)).toEqual([]);
  });

  it("looks at once at a table of which more is known here than there", async () => {
    const { db } = test;
    await db.execute(sql`create table told (a int primary key)`);
    await db.execute(sql`analyze told`);
    await db.execute(sql`insert into told select generate_series(1, 300)`);
    expect(await lookIfUnknown(db, "told", 300)).toBe(true);
    expect(await lookIfUnknown(db, "told", 300)).toBe(false);
    await expect(lookIfUnknown(db, "nowhere", 1)).rejects.toThrow();
  });
});
