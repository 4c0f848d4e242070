import { say } from "@/cli/shared/print";
import type { Client } from "@/db/client";
import { checkInvariants } from "@/lib/invariants/check-invariants";
import { readCpu } from "../cpu";
import { makeConcert, readExample } from "../data/concerts";
import { makeCrowd } from "../data/fans";
import { plainFigure } from "../figure";
import { startHelper } from "../helper/start";
import type { CallReport, SaleJob, SaleReport } from "../load/sale/job";
import { CALLS } from "../load/sale/job";
import { type Findings, inMs } from "../measure";
import type { Stage } from "../stage";

const EXAMPLE = "worldcup-stadium-2027";
const SECONDS_MOST = 60;
/** Shoppers inside at one time: as many as keep two cores busy and no more, which is what a waiting room is for. */
export const INSIDE = 600;
const ADMISSIONS_PER_MINUTE = 60_000;
const ARRIVE_SECONDS = 5;
/** What is not sold by then is a figure too. */
const GIVE_UP_SECONDS = 150;

type Document = { maxSeatsPerFan: number; sections: SaleJob["sections"] };

/** As many fans as the seats need, each wanting as many as one may have, the last one what is left. */
function wishes(seats: number, most: number): number[] {
  const fans = Math.ceil(seats / most);
  return Array.from({ length: fans }, (_, at) => (at < fans - 1 ? most : seats - most * (fans - 1)));
}

async function pgCounts(db: Client, concertId: string) {
  const { rows } = await db.$client.query<Record<"sold" | "free" | "tickets" | "seats" | "paid" | "completed", number>>(
    `select (select count(*) from seats where concert_id = $1 and sold_at is not null) as sold,
            (select count(*) from seats where concert_id = $1 and sold_at is null) as free,
            (select count(*) from tickets where concert_id = $1 and status = 'issued') as tickets,
            (select count(distinct seat_id) from tickets where concert_id = $1 and status = 'issued') as seats,
            (select count(*) from payments where concert_id = $1 and refunded_at is null) as paid,
            (select count(*) from queue_entries where concert_id = $1 and status = 'completed') as completed`,
    [concertId],
  );
  return rows[0];
}

/** Throws unless every seat was sold once, to somebody who paid. */
async function checkSale(
  db: Client,
  concertId: string,
  expected: { seats: number; sold: number; fans: number },
): Promise<void> {
  const found = await pgCounts(db, concertId);
  const { seats, sold, fans } = expected;
  const wanted = { sold, free: seats - sold, tickets: sold, seats: sold, paid: fans };
  for (const [name, count] of Object.entries(wanted)) {
    if (found?.[name as keyof typeof found] !== count) {
      throw new Error(`After the sale ${name} should be ${count}: ${JSON.stringify(found)}.`);
    }
  }
}

/** Throws if anything is wrong that must never be, in the whole database. */
async function checkEverything(db: Client): Promise<number> {
  const findings = await checkInvariants(db);
  const broken = findings.filter((finding) => finding.broken > 0);
  if (broken.length > 0)
    throw new Error(`After the sale something is broken: ${JSON.stringify(broken).slice(0, 2000)}.`);
  return findings.length;
}

function callInWords(name: string, { statuses, p50, p99, slowest }: CallReport): string {
  const counts = Object.entries(statuses).map(([status, count]) => `${count.toLocaleString("en")} × ${status}`);
  if (counts.length === 0) return `${name} none`;
  return `${name} ${counts.join(", ")}, p50 ${inMs(p50)}, p99 ${inMs(p99)}, slowest ${inMs(slowest)}`;
}

export async function measureSale(stage: Stage, { inside, most }: { inside: number; most: number }): Promise<Findings> {
  const { db, product, cleanup } = stage;
  const { sections, maxSeatsPerFan } = (await readExample(EXAMPLE)) as Document;
  const seats = sections.reduce((sum, { rows, seatsPerRow }) => sum + rows * seatsPerRow, 0);
  const { id } = await makeConcert(db, EXAMPLE, "bench-sale", {
    mode: "on",
    activeLimit: inside,
    admissionsPerMinute: ADMISSIONS_PER_MINUTE,
  });
  const wanted = wishes(seats, maxSeatsPerFan).slice(0, most);
  const sold = wanted.reduce((sum, wish) => sum + wish, 0);
  const crowd = await makeCrowd(db, wanted.length, 0);
  const fans = crowd.map(({ token }, at) => ({ bearer: token, wish: wanted[at] as number }));
  await db.$client.query("vacuum analyze");
  const generator = await startHelper(cleanup, "load/sale/generator.ts");

  say(
    `  ${fans.length.toLocaleString("en")} fans come for ${sold.toLocaleString("en")} of ${seats.toLocaleString("en")} seats …`,
  );
  const before = await readCpu(stage);
  const report = await generator.ask<SaleReport>({
    port: product.port,
    concertId: id,
    sections: sections.map(({ name, rows, seatsPerRow }) => ({ name, rows, seatsPerRow })),
    fans,
    arriveSeconds: ARRIVE_SECONDS,
    giveUpSeconds: GIVE_UP_SECONDS,
  } satisfies SaleJob);
  const after = await readCpu(stage);
  const state = report.isThrough ? "sold" : `broken off with ${report.seats.toLocaleString("en")} seats paid`;
  say(`  ${state} after ${report.seconds.toFixed(1)} s; checking …`);
  if (report.isThrough) await checkSale(db, id, { seats, sold, fans: fans.length });
  const invariants = await checkEverything(db);

  const calls = CALLS.map((name) => callInWords(name, report.calls[name]));
  for (const call of calls) say(`  ${call}`);
  const inSeconds = (microseconds: number) => `${(microseconds / 1e6).toFixed(1)} s`;
  const postgres = before.postgres === null || after.postgres === null ? null : after.postgres - before.postgres;
  const total = after.server - before.server + (postgres ?? 0) + report.cpuMicroseconds;
  const everything = Object.values(report.calls).flatMap(({ statuses }) => Object.values(statuses));
  const problems = Object.entries(report.problems).map(([code, count]) => `${count.toLocaleString("en")} × ${code}`);
  const everyFive = report.paidBySecond.filter((_, second) => second % 5 === 4);
  const what = `${sold === seats ? "the whole sale" : "part of a sale"}, ${sold.toLocaleString("en")} seats`;
  return {
    figures: [
      report.isThrough
        ? plainFigure({ what, value: report.seconds, unit: "s", ...(sold === seats && { most: SECONDS_MOST }) })
        : { what, product: state, bar: { words: `≤ ${SECONDS_MOST} s`, isKept: false } },
    ],
    notes: [
      `sale: ${fans.length.toLocaleString("en")} fans come within ${ARRIVE_SECONDS} s, each over a connection of the fan's own and with Idempotency-Keys; ${inside} inside at one time; the last had joined after ${report.lastJoined.toFixed(1)} s, the first had paid after ${report.firstPaid.toFixed(1)} s; ${report.isThrough ? "no seat sold twice, " : ""}${invariants} invariants hold.`,
      `sale: ${everything.reduce((sum, count) => sum + count, 0).toLocaleString("en")} calls: ${calls.join(" · ")}.`,
      `sale: problems answered: ${problems.join(", ") || "none"}; ${report.cuts} connections cut.`,
      `sale: processor time: server ${inSeconds(after.server - before.server)}, PostgreSQL ${postgres === null ? "unknown" : inSeconds(postgres)}, generator ${inSeconds(report.cpuMicroseconds)}${report.isThrough ? `, all three together ${inMs(total / 1000 / fans.length)} per fan` : ""}; seats paid every 5 s: ${everyFive.map((count) => count.toLocaleString("en")).join(" ")}.`,
    ],
  };
}
