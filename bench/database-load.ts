import type { Client } from "@/db/client";

/** A statement (the same text may be told with or without its constants), how often it was executed, and how long it took PostgreSQL altogether. */
export type Asked = { id: string; text: string; perSecond: number; ms: number };

export const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Counting costs a little, so it is off but for `work`: `bench/stage.ts` has PostgreSQL load what counts. */
export async function counting<T>(db: Client, work: () => Promise<T>): Promise<T> {
  await db.$client.query("create extension if not exists pg_stat_statements");
  await track(db, "top");
  try {
    return await work();
  } finally {
    await track(db, "none");
  }
}

/** Until a measure wants it. */
export const countNothing = (db: Client): Promise<void> => track(db, "none");

async function track(db: Client, what: "top" | "none"): Promise<void> {
  await db.$client.query(`alter system set pg_stat_statements.track = '${what}'`);
  await db.$client.query("select pg_reload_conf()");
  await pause(300);
}

/**
 * A connection string for a role of its own, which may do what the benchmark's may: so that PostgreSQL counts apart what
 * one process asks.
 */
export async function roleApart(db: Client, url: string, name: string): Promise<string> {
  const apart = new URL(url);
  await db.$client.query(`create role ${name} superuser login password '${decodeURIComponent(apart.password)}'`);
  apart.username = name;
  return apart.href;
}

/**
 * Every statement that anybody (or one role) asks the database while `work` runs, as PostgreSQL counts them inside of
 * `counting`.
 */
export async function askedWhile(db: Client, work: () => Promise<unknown>, role?: string): Promise<Asked[]> {
  await db.$client.query("select pg_stat_statements_reset()");
  const from = performance.now();
  await work();
  const seconds = (performance.now() - from) / 1000;
  const { rows } = await db.$client.query<{ id: string; text: string; calls: number; ms: number }>(
    `select queryid::text as id, min(regexp_replace(query, '\\s+', ' ', 'g')) as text, sum(calls)::int8 as calls, sum(total_exec_time) as ms
     from pg_stat_statements
     where query not ilike '%pg_stat_statements%' and ($1::text is null or userid = (select oid from pg_roles where rolname = $1))
     group by 1 order by 2 desc`,
    [role ?? null],
  );
  if (rows.length === 0) throw new Error("PostgreSQL counted no statement.");
  return rows.map(({ id, text, calls, ms }) => ({ id, text, ms, perSecond: calls / seconds }));
}
