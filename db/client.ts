import { drizzle, type NodePgDatabase, NodePgTransaction } from "drizzle-orm/node-postgres";
import type { PgTransaction } from "drizzle-orm/pg-core";
import pg from "pg";
import { readEnv } from "@/lib/core/env";
import { errorFields, log } from "@/lib/core/log";
import { forget, oncePerProcess } from "@/lib/core/registry";
import * as schema from "./schema";

export type Client = NodePgDatabase<typeof schema> & { $client: pg.Pool };

/** The client or an open transaction: what every verb and query takes first. */
export type Db = NodePgDatabase<typeof schema> | Tx;
// biome-ignore lint/suspicious/noExplicitAny: the schema's inner types differ between client and transaction.
export type Tx = PgTransaction<any, typeof schema, any>;

// PostgreSQL's int8 (counts, amounts) as a number: the contract keeps every one of them under 2^53.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

/**
 * Named statements keep their plan for as long as the connection lives. One that was planned while a table was still
 * empty would read all of it when the sale has filled it (a hold: 0.9 of its 1.7 ms at 1,500 reservations, and
 * growing), so a table that has a fitting index is never read from end to end. Compiling plans pays for reports alone.
 */
export const PLANNER = "-c enable_seqscan=off -c jit=off";

/**
 * A client of its own pool. A connection that cannot be had within 1.5 s is an error, so that a caller hears
 * "unavailable" within two seconds; a statement may take 10 s and an idle transaction 10 s at most.
 */
export function createClient(url: string, poolSize: number): Client {
  const pool = new pg.Pool({
    connectionString: url,
    max: poolSize,
    connectionTimeoutMillis: 1500,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    application_name: "frontrow",
    statement_timeout: 10_000,
    idle_in_transaction_session_timeout: 10_000,
    options: PLANNER,
    // Statements that do not need each other's answers (`Promise.all` inside a transaction) go out together.
    pipeline: true,
  });
  // An idle connection that the server ends must not end the process; the pool opens another.
  pool.on("error", (error) => log("warn", "database.connection-lost", errorFields(error)));
  // Nor must one that is in use, in the moment between two statements; its next statement fails and says so.
  pool.on("connect", (client) => client.on("error", () => {}));
  const db = drizzle(pool, { schema, casing: "snake_case" }) as Client;
  db.transaction = safeTransaction(db);
  return db;
}

type SessionClass = { new (client: pg.PoolClient, dialect: unknown, schema: unknown, options: unknown): unknown };
type Session = { dialect: unknown; schema: unknown; options: unknown };
type TransactionClass = { new (dialect: unknown, session: unknown, schema: unknown): Tx };

/**
 * Drizzle's transaction, on a connection that is always given back. Drizzle 0.45.4 takes a connection out of the pool
 * and loses it for good when `begin` fails, so a few killed backends would empty the pool; and a connection that dies
 * between two statements of a transaction would end the process, because nobody listens to its `error` event.
 * (`db/driver.test.ts` shows both.) A `commit` that PostgreSQL answers with a rollback is an error here.
 */
function safeTransaction(db: Client): Client["transaction"] {
  return async <T>(work: (tx: Tx) => Promise<T>, config?: object): Promise<T> => {
    if (config && Object.keys(config).length > 0) throw new Error("Transactions here run at read committed.");
    const shared = (db as unknown as { _: { session: Session } })._.session;
    const connection = await db.$client.connect();
    // What it says is also said by the statement under way or the next one.
    const ignore = () => {};
    connection.on("error", ignore);
    try {
      const session = new (shared.constructor as SessionClass)(
        connection,
        shared.dialect,
        shared.schema,
        shared.options,
      );
      const tx = new (NodePgTransaction as unknown as TransactionClass)(shared.dialect, session, shared.schema);
      // Answered before anything else is sent: what follows a `begin` that failed would commit by itself.
      await connection.query("begin");
      try {
        const result = await work(tx);
        const { command } = await connection.query("commit");
        if (command !== "COMMIT") throw new Error(`A transaction that had failed was to be committed (${command}).`);
        return result;
      } catch (error) {
        // A connection that cannot even do this is not used again; the error to tell is the first one.
        await connection.query("rollback").catch(ignore);
        throw error;
      }
    } finally {
      connection.off("error", ignore);
      // A connection left inside a transaction is not used again.
      connection.release(connection.getTransactionStatus() !== "I");
    }
  };
}

/** Runs `work` in a transaction: the caller's, if `db` is one, else one of its own. */
export const inTransaction = <T>(db: Db, work: (tx: Db) => Promise<T>): Promise<T> =>
  "$client" in db ? db.transaction(work) : work(db);

/** This process's one client, on `DATABASE_URL`. */
export function getDb(): Client {
  return oncePerProcess("db", () => {
    const env = readEnv();
    if (!env.databaseUrl) throw new Error("DATABASE_URL is not set.");
    return createClient(env.databaseUrl, env.poolSize);
  });
}

/** Closes this process's client, if there is one. */
export async function closeDb(): Promise<void> {
  const client = getDb();
  forget("db");
  await client.$client.end();
}

type Queryable = { query(query: pg.QueryConfig): Promise<pg.QueryResult> };

/**
 * A hot statement: named, so that PostgreSQL parses and plans it once per connection; half the CPU of the query
 * builder's way (design, section 2). Columns come back as PostgreSQL names them. Runs through a client, within a
 * transaction, or on a connection as the driver has it.
 */
export function statement<Row>(
  name: string,
  text: string,
): (db: Db | pg.PoolClient, values: unknown[]) => Promise<Row[]> {
  return async (db, values) => {
    const on = "_" in db ? (db as unknown as { _: { session: { client: Queryable } } })._.session.client : db;
    const result = await on.query({ name, text, values });
    return result.rows as Row[];
  };
}
