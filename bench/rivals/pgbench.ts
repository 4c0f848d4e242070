import { execFile } from "node:child_process";
import { access, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import type { Client } from "@/db/client";
import { HOLD_SEATS } from "@/lib/booking/hold-seats";
import type { Cleanup } from "../cleanup";
import type { Place } from "../data/places";

const run = promisify(execFile);

export const PGBENCH_CLIENTS = 16;

// The limit of a hold: PostgreSQL's own load generator, in C, running the product's statement, prepared, every
// transaction on another free seat for another admitted fan. What it holds comes from a table, by client and count.
const PARAMETERS = ["concert_id", "entry_id", "user_id", "performance_id", "seat_ids", "reservation_id"];

const LOOKUP = `select ${PARAMETERS.join(", ")} from bench_places where place = :place`;

const script = (): string => {
  const hold = HOLD_SEATS.replaceAll(/\$(\d)/g, (_, digit: string) => {
    const name = PARAMETERS[Number(digit) - 1];
    // The generation of a token that was never replaced.
    if (!name) return "0";
    return name === "seat_ids" ? ":seat_ids" : `:${name}::uuid`;
  });
  return `\\set count :count + 1\n\\set place :client_id * :each + :count\n${LOOKUP} \\gset\n${hold.trim()};\n`;
};

export type PgbenchResult = {
  done: number;
  /** Holds per second, as if the lookup of what to hold had cost nothing. */
  rate: number;
  /** As pgbench counted, lookups included. */
  counted: number;
};

/** Holds each place once. Throws if pgbench fails or a hold was refused. */
export async function holdWithPgbench(
  db: Client,
  {
    program,
    url,
    dir,
    places,
    cleanup,
  }: { program: string; url: string; dir: string; places: Place[]; cleanup: Cleanup },
): Promise<PgbenchResult> {
  const each = Math.floor(places.length / PGBENCH_CLIENTS);
  await plant(db, places);
  const file = path.join(dir, "hold.pgbench");
  await access(file).catch(() => writeFile(file, script()));
  const words = [
    "--no-vacuum",
    "--protocol=prepared",
    "--report-per-command",
    `--client=${PGBENCH_CLIENTS}`,
    "--jobs=2",
  ];
  const own = [`--transactions=${each}`, "--define=count=0", `--define=each=${each}`, `--file=${file}`, url];
  const running = run(program, [...words, ...own]);
  cleanup.later(async () => void running.child.kill());
  const { stdout } = await running;
  const counted = Number(/tps = ([\d.]+) \(without initial/.exec(stdout)?.[1]);
  const spent = (text: string) => {
    const line = stdout.split("\n").find((candidate) => candidate.includes(text));
    return Number(/^\s*([\d.]+)/.exec(line ?? "")?.[1]);
  };
  const lookup = spent("from bench_places");
  const hold = spent("with sale as");
  const rate = (counted * (lookup + hold)) / hold;
  if (!Number.isFinite(rate)) throw new Error(`pgbench said something unexpected:\n${stdout}`);
  return { done: each * PGBENCH_CLIENTS, rate, counted };
}

async function plant(db: Client, places: Place[]): Promise<void> {
  const column = (name: keyof Place) => places.map((place) => place[name]);
  await db.$client.query(`
    create table if not exists bench_places (place int primary key, concert_id uuid, entry_id uuid, user_id uuid,
      performance_id uuid, seat_ids uuid[], reservation_id uuid)`);
  await db.$client.query("truncate bench_places");
  await db.$client.query(
    `insert into bench_places
     select place, concert_id, entry_id, user_id, performance_id, array[seat_id], reservation_id
     from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::uuid[])
       with ordinality as p (concert_id, entry_id, user_id, performance_id, seat_id, reservation_id, place)`,
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
