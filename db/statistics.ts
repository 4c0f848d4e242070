import type { Client } from "./client";

/** A table with fewer rows is read as fast from end to end as by any index. */
const LEAST_ROWS = 500;
const GROWTH = 4;

/**
 * Tells PostgreSQL's planner of tables that have become several times as long as they were when it last looked, and has
 * it plan anew for all connections. Its own daemon comes by once a minute: until then a sale that opens would run on plans
 * made for empty tables, where every index that begins with the concert looks as good as the fitting one. Looks are few: a
 * table of a million rows gets six. Answers which tables. Any number of processes may do it.
 */
export async function refreshStatistics(db: Client): Promise<string[]> {
  const { rows } = await db.$client.query<{ name: string }>({
    name: "db_outgrown_tables",
    text: `select quote_ident(s.relname) as name from pg_stat_user_tables s join pg_class c on c.oid = s.relid
           where s.schemaname = current_schema() and s.n_live_tup > ${GROWTH} * greatest(c.reltuples, ${LEAST_ROWS} / ${GROWTH})
             and pg_has_role(c.relowner, 'usage')`,
  });
  for (const { name } of rows) await db.$client.query(`analyze (skip_locked) ${name}`);
  return rows.map(({ name }) => name);
}
