import { readdir, readFile } from "node:fs/promises";
import type { Stage } from "./stage";

/** The kernel's unit of processor time in /proc, on every Linux that Node runs on. */
const TICK_MICROSECONDS = 10_000;

/** Fields of /proc/<pid>/stat from the third on; null for a process that is gone, or where there is no /proc. */
async function statOf(pid: number | string): Promise<string[] | null> {
  const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => null);
  return text?.slice(text.lastIndexOf(")") + 2).split(" ") ?? null;
}

const ticks = (stat: string[], ...fields: number[]) => fields.reduce((sum, field) => sum + Number(stat[field]), 0);

/** Processor time of a PostgreSQL with all its processes, also those that ended, in microseconds; null without /proc. */
async function postgresCpu(pid: number): Promise<number | null> {
  const own = await statOf(pid);
  if (!own) return null;
  const stats = await Promise.all((await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(statOf));
  // Counted from the third field: parent, user and system time, and the same of children that ended.
  const children = stats.filter((stat) => stat?.[1] === String(pid)) as string[][];
  const sum = ticks(own, 11, 12, 13, 14) + children.reduce((total, stat) => total + ticks(stat, 11, 12), 0);
  return sum * TICK_MICROSECONDS;
}

/** Processor time per piece of work, in microseconds. */
export type Cost = { server: number; postgres: number | null };

/** Processor time used so far, in microseconds; PostgreSQL's is null without /proc. */
export type CpuTimes = { server: number; postgres: number | null };

export const readCpu = async (stage: Stage): Promise<CpuTimes> => ({
  server: await stage.product.helper.ask<number>("cpu"),
  postgres: await postgresCpu(stage.postgresPid),
});

/**
 * What `work` costs the product's process and PostgreSQL, per piece that it says to have done. Unlike a rate it does
 * not suffer when others use the machine too.
 */
export async function costOf(stage: Stage, work: () => Promise<number>): Promise<Cost> {
  const before = await readCpu(stage);
  const done = await work();
  const after = await readCpu(stage);
  const postgres =
    before.postgres === null || after.postgres === null ? null : (after.postgres - before.postgres) / done;
  return { server: (after.server - before.server) / done, postgres };
}
