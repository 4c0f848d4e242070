import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import type { Client } from "@/db/client";
import type { Cleanup } from "../cleanup";
import type { Place } from "../data/places";

const run = promisify(execFile);

export const PGBENCH_CLIENTS = 16;

// PostgreSQL's own load generator, in C: what it does to a database, no server in front of it can do faster. What each
// transaction works on comes from a table, by client and count; the time of looking that up is taken out again.
const LOOKUP = "select * from bench_places where place = :place";

const NUMBERED = `\\set count :count + 1\n\\set place :client_id * :each + :count\n`;

export type PgbenchResult = {
  done: number;
  /** Per second, as if the lookup of what to work on had cost nothing. */
  rate: number;
  /** Per second as pgbench counted, lookups included. */
  counted: number;
};

export type PgbenchJob = {
  program: string;
  url: string;
  /** For the script. */
  dir: string;
  cleanup: Cleanup;
  name: string;
  /** It knows the columns of `bench_places` as variables. */
  script: string;
  places: number;
};

/** Runs the script once for each place, prepared. Throws if pgbench fails or anything was refused. */
export async function runPgbench(job: PgbenchJob): Promise<PgbenchResult> {
  const { program, url, dir, cleanup, name, script, places } = job;
  const each = Math.floor(places / PGBENCH_CLIENTS);
  const file = path.join(dir, `${name}.pgbench`);
  await writeFile(file, `${NUMBERED}${LOOKUP} \\gset\n${script}`);
  const words = [
    "--no-vacuum",
    "--protocol=prepared",
    "--report-per-command",
    `--client=${PGBENCH_CLIENTS}`,
    "--jobs=2",
  ];
  const own = [`--transactions=${each}`, "--define=count=0", `--define=each=${each}`, `--file=${file}`, url];
  const running = run(program, [...words, ...own], { maxBuffer: 16 * 1024 * 1024 });
  cleanup.later(async () => void running.child.kill());
  const { stdout, stderr } = await running;
  if (/aborted/.test(stderr)) throw new Error(`pgbench was refused:\n${stderr.slice(0, 2000)}`);
  const counted = Number(/tps = ([\d.]+) \(without initial/.exec(stdout)?.[1]);
  const { all, lookup } = timesIn(stdout);
  const rate = (counted * all) / (all - lookup);
  if (!Number.isFinite(rate)) throw new Error(`pgbench said something unexpected:\n${stdout}`);
  return { done: each * PGBENCH_CLIENTS, rate, counted };
}

/** The average ms of a whole transaction and of its lookup, of pgbench's report per command. */
function timesIn(report: string): { all: number; lookup: number } {
  const lines = report.slice(report.indexOf("statement latencies")).split("\n");
  const times = lines.map((line) => ({ ms: Number(/^\s+([\d.]+)\s+\d/.exec(line)?.[1] ?? 0), line }));
  const lookup = times.find(({ line }) => line.includes(LOOKUP))?.ms ?? Number.NaN;
  return { all: times.reduce((sum, { ms }) => sum + ms, 0), lookup };
}

/** New ids that a script may use once in each transaction: `id_1`, `id_2` … */
export const FRESH_IDS = 12;

const freshColumns = Array.from({ length: FRESH_IDS }, (_, at) => `id_${at + 1}`);

/** Writes the places down for pgbench, with what their reservations cost where they have one. */
export async function plantPlaces(db: Client, places: Place[]): Promise<void> {
  const column = (name: keyof Place) => places.map((place) => place[name]);
  await db.$client.query(`
    create table if not exists bench_places (place int primary key, concert_id uuid, entry_id uuid, user_id uuid,
      performance_id uuid, seat_ids uuid[], reservation_id uuid, amount bigint,
      ${freshColumns.map((name) => `${name} uuid`).join(", ")})`);
  await db.$client.query("truncate bench_places");
  await db.$client.query(
    `insert into bench_places
     select place, p.concert_id, p.entry_id, p.user_id, p.performance_id, array[p.seat_id], p.reservation_id, r.amount,
            ${freshColumns.map(() => "gen_random_uuid()").join(", ")}
     from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::uuid[])
       with ordinality as p (concert_id, entry_id, user_id, performance_id, seat_id, reservation_id, place)
       left join reservations r on r.concert_id = p.concert_id and r.id = p.reservation_id`,
    [
      column("concertId"),
      column("entryId"),
      column("userId"),
      column("performanceId"),
      column("seatId"),
      column("reservationId"),
    ],
  );
  await db.$client.query("vacuum analyze bench_places");
}
