import { type SQL, sql } from "drizzle-orm";
import type { Client, Db } from "@/db/client";
import { INVARIANTS } from "./all";

/** Something that breaks a promise: which row or rows, and how. */
export type Offender = { id: string; why: string };

/** One invariant as it was found. */
export type Finding = {
  name: string;
  says: string;
  /** How many rows break it. */
  broken: number;
  /** The first of them. */
  offenders: Offender[];
  tookMs: number;
};

/** Enough to see what is going on; the number says how much more there is. */
const SHOWN = 20;

export type CheckOptions = {
  /** Seconds that one invariant may take; none if absent. */
  secondsEach?: number;
  /** Ends the check between two invariants; it then throws. */
  signal?: AbortSignal;
};

/**
 * Checks every invariant on a live database: in one read-only transaction on one snapshot, so that what writers do
 * meanwhile is seen either whole or not at all. It takes no locks and uses one core. Throws what the database throws,
 * also for an invariant that takes longer than `secondsEach`.
 */
export async function checkInvariants(db: Client, options: CheckOptions = {}): Promise<Finding[]> {
  return await db.transaction(async (tx) => {
    await tx.execute(sql`set transaction isolation level repeatable read, read only`);
    await tx.execute(sql.raw(`set local statement_timeout = '${options.secondsEach ?? 0}s'`));
    // Planning such statements with parallel workers or compiling them would take from the sale's own cores.
    await tx.execute(sql`set local max_parallel_workers_per_gather = 0`);
    await tx.execute(sql`set local jit = off`);
    // Where everything is read, reading tables from end to end is the way; elsewhere it is not (`PLANNER`).
    await tx.execute(sql`set local enable_seqscan = on`);
    await tx.execute(sql`set local work_mem = '64MB'`);
    return await findBroken(tx, options.signal);
  });
}

/** The same as this transaction sees things, with what it has not committed yet. */
export async function findBroken(tx: Db, signal?: AbortSignal): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const { name, says, sql: text } of INVARIANTS) {
    signal?.throwIfAborted();
    const from = performance.now();
    const rows = (await tx.execute(offendersOf(text))).rows as (Offender & { total: number })[];
    findings.push({
      name,
      says,
      broken: rows[0]?.total ?? 0,
      offenders: rows.map(({ id, why }) => ({ id, why })),
      tookMs: performance.now() - from,
    });
  }
  return findings;
}

const offendersOf = (text: string): SQL =>
  sql`select id, why, count(*) over () as total from (${sql.raw(text)}) offender limit ${SHOWN}`;
