import type { Client } from "@/db/client";

/** A statement and how often it was executed. */
export type Asked = { text: string; perSecond: number };

export const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Counting costs a little, so it is off but for this: `bench/stage.ts` has PostgreSQL load what counts. */
async function count(db: Client, what: "top" | "none"): Promise<void> {
  await db.$client.query(`alter system set pg_stat_statements.track = '${what}'`);
  await db.$client.query("select pg_reload_conf()");
  await pause(300);
}

/** Every statement that anybody asks the database while `work` runs, as PostgreSQL itself counts them. */
export async function askedWhile(db: Client, work: () => Promise<unknown>): Promise<Asked[]> {
  await db.$client.query("create extension if not exists pg_stat_statements");
  await count(db, "top");
  await db.$client.query("select pg_stat_statements_reset()");
  const from = performance.now();
  await work();
  const seconds = (performance.now() - from) / 1000;
  const { rows } = await db.$client.query<{ text: string; calls: number }>(
    `select regexp_replace(query, '\\s+', ' ', 'g') as text, sum(calls)::int8 as calls from pg_stat_statements
     where query not ilike '%pg_stat_statements%' group by 1 order by 2 desc`,
  );
  await count(db, "none");
  return rows.map(({ text, calls }) => ({ text, perSecond: calls / seconds }));
}
