import { errorFields, log } from "@/lib/core/log";
import { type Db, statement } from "./client";

const EVERY_MS = 2000;

/** Our tables that were changed more often since PostgreSQL last looked at them than they had rows then. */
const findGrown = statement<{ name: string }>(
  "db_find_grown",
  `select format('%I.%I', s.schemaname, s.relname) as name
   from pg_stat_user_tables s join pg_class c on c.oid = s.relid
   where s.schemaname = current_schema() and s.n_mod_since_analyze > 200 + greatest(c.reltuples, 0)
     and pg_has_role(c.relowner, 'usage')`,
);

/**
 * Has PostgreSQL look at every table that has outgrown what it knows of it; answers which. A look also ends the plans that
 * were made before: one for an empty table takes whichever index comes first, and goes on doing so with 10,000 rows in it.
 */
export async function lookAtGrown(db: Db): Promise<string[]> {
  const names = (await findGrown(db, [])).map(({ name }) => name);
  for (const name of names) await db.execute(`analyze (skip_locked) ${name}`);
  return names;
}

const isUnknown = statement<{ is_unknown: boolean }>(
  "db_is_unknown",
  "select reltuples < $2::float4 as is_unknown from pg_class where oid = $1::regclass",
);

/**
 * Has PostgreSQL look at a table that has so many rows by now, if it knows of fewer; answers whether it had to. For whoever has
 * just added them: PostgreSQL's own counters, which `lookAtGrown` goes by, are a second late.
 */
export async function lookIfUnknown(db: Db, table: string, rows: number): Promise<boolean> {
  const [found] = await isUnknown(db, [table, rows]);
  if (!found?.is_unknown) return false;
  await db.execute(`analyze (skip_locked) ${table}`);
  return true;
}

/**
 * Looks every two seconds until `stop`: autovacuum comes once a minute, by when a sale may be over. (A payment took 37 ms
 * instead of 3 while the table of entries counted as empty.) Processes on one database may all do it.
 */
export function keepStatistics(db: Db): { stop(): Promise<void> } {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let running: Promise<unknown> = Promise.resolve();
  let failing = false;
  const later = () => {
    if (!stopped) timer = setTimeout(turn, EVERY_MS * (0.75 + Math.random() / 2)).unref();
  };
  const turn = () => {
    running = lookAtGrown(db)
      .then(
        () => {
          failing = false;
        },
        (error) => {
          if (!failing && !stopped) log("warn", "database.not-looked-at", errorFields(error));
          failing = true;
        },
      )
      .then(later);
  };
  later();
  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
