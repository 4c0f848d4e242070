import { say } from "@/cli/shared/print";
import { type Cost, costOf } from "../cpu";
import { retire } from "../data/concerts";
import type { Fan } from "../data/fans";
import { makeStadium, type Place, STADIUM_SEATS } from "../data/places";
import { type Figure, ratioFigure } from "../figure";
import { startHelper } from "../helper/start";
import type { Load } from "../load/job";
import { requestText } from "../load/request";
import { costInWords, type Findings, inMs, isBorneOut, manners, median, ROUNDS, rateOf, told } from "../measure";
import { findPgbench } from "../programs";
import type { BareAnswer } from "../rivals/bare-pg";
import { holdWithPgbench } from "../rivals/pgbench-hold";
import type { Stage } from "../stage";

const CONNECTIONS = 64;
const RUSH = 1000;
const RUSH_MS_MOST = 1000;
/** More per second than the fastest machine seen so far; a run that is through earlier just ends. */
const FASTEST = { product: 2000, bare: 3500, pgbench: 4500 };
const SUM = FASTEST.product + FASTEST.bare + FASTEST.pgbench;

/** How many seats each contender gets in a run of `seconds`; a stadium has room for about four seconds of all three. */
function shares(seconds: number) {
  const part = Math.min(seconds, (STADIUM_SEATS - RUSH) / SUM);
  const of = (rate: number) => Math.floor(rate * part);
  return { product: of(FASTEST.product), bare: of(FASTEST.bare), pgbench: of(FASTEST.pgbench) };
}

export function holdFans(seconds: number): number {
  const { product, bare, pgbench } = shares(seconds);
  return product + bare + pgbench + RUSH;
}

const inPostgres = (costs: Cost[]): string =>
  costs.some((cost) => cost.postgres !== null)
    ? `${Math.round(median(costs.map((cost) => cost.postgres ?? 0)))} µs`
    : "–";

const holdRequest = (place: Place, seatId = place.seatId): string =>
  requestText({
    method: "POST",
    path: `/api/concerts/${place.concertId}/reservations`,
    bearer: place.bearer,
    queueToken: place.queueToken,
    body: { performanceId: place.performanceId, seatIds: [seatId] },
  });

type Rush = { words: string; slowest: number; isExact: boolean };

/** The median of the slowest answers; kept only if in every round one won and all others heard 409. */
function rushFigure(rushes: Rush[]): Figure {
  const slowest = median(rushes.map((rush) => rush.slowest));
  const isExact = rushes.every((rush) => rush.isExact);
  return {
    what: `${RUSH.toLocaleString("en")} fans on one seat`,
    product: `one won, ${isExact ? "all others 409" : "others not all 409"}, last answer ${inMs(slowest)}`,
    bar: { words: `409 within ${RUSH_MS_MOST} ms`, isKept: isExact && slowest <= RUSH_MS_MOST },
  };
}

export async function measureHold(stage: Stage, seconds: number, fans: Fan[]): Promise<Findings> {
  const { db, product, cleanup } = stage;
  const bare = await startHelper(cleanup, "rivals/bare-pg.ts");
  const program = await findPgbench();
  if (!program) say("  pgbench is not installed (Debian: postgresql-contrib): the hold is compared with bare pg only.");
  const rates = { product: [] as number[], bare: [] as number[], pgbench: [] as number[] };
  const p99: number[] = [];
  const counted: number[] = [];
  const rushes: Rush[] = [];
  const costs: Record<"product" | "bare" | "pgbench", Cost[]> = { product: [], bare: [], pgbench: [] };

  for (let round = 0; round <= ROUNDS; round += 1) {
    const length = round === 0 ? 1 : seconds;
    const share = shares(length);
    const stadium = await makeStadium(db, `bench-hold-${round}`, fans.slice(0, holdFans(length)));
    const ours = stadium.places.slice(0, share.product);
    const bares = stadium.places.slice(share.product, share.product + share.bare);
    const benches = stadium.places.slice(share.product + share.bare, -RUSH);
    let held = 0;
    let load: Load | undefined;
    const runs = {
      pgbench: async () => {
        if (!program) return;
        const { url, dir } = stage;
        const result = await holdWithPgbench(db, { program, url, dir, places: benches, cleanup });
        held += result.done;
        if (round > 0) counted.push(result.counted);
        if (round > 0) rates.pgbench.push(result.rate);
        told("hold, pgbench", round, result.rate, `${Math.round(result.counted)}/s with its lookups`);
      },
      bare: async () => {
        const { done, seconds: took } = await bare.ask<BareAnswer>({ kind: "hold", places: bares, seconds: length });
        held += done;
        if (round > 0) rates.bare.push(done / took);
        told("hold, bare pg", round, done / took);
      },
      product: async () => {
        const requests = ours.map((place) => holdRequest(place));
        load = await stage.load(product, { connections: CONNECTIONS, requests, seconds: length, repeat: false });
        const rate = rateOf(load, 201);
        held += load.statuses[201] ?? 0;
        if (round > 0) rates.product.push(rate);
        if (round > 0) p99.push(load.p99);
        told("hold", round, rate, manners(load));
      },
    };
    const order: (keyof typeof runs)[] = ["pgbench", "product", "bare"];
    for (const name of round % 2 === 0 ? order : order.reverse()) {
      const before = held;
      const cost = await costOf(stage, async () => {
        await runs[name]();
        return held - before;
      });
      if (round > 0 && held > before) costs[name].push(cost);
    }
    const { rows } = await db.$client.query<{ count: number }>(
      "select count(*) from seats where concert_id = $1 and held_until > now()",
      [stadium.id],
    );
    if (!isBorneOut(rows[0]?.count, held, load))
      throw new Error(`${held} holds were answered, but ${rows[0]?.count} seats are held.`);
    const rushers = stadium.places.slice(-RUSH);
    const seatId = rushers[0]?.seatId as string;
    const requests = rushers.map((place) => holdRequest(place, seatId));
    const rush = await stage.load(product, { connections: RUSH, requests, seconds: 30, repeat: false });
    const { 201: won = 0, 409: late = 0, ...others } = rush.statuses;
    const refused = Object.entries(others).map(([status, count]) => `, ${count} got ${status}`);
    const rushed = `${won} won, ${late} got 409${refused.join("")}, slowest ${inMs(rush.slowest)}`;
    say(`  ${RUSH} fans on one seat: ${rushed}`);
    // A fan who is told to come back (503) is a figure; a second winner would be a defect.
    if (won !== 1) throw new Error(`${RUSH} fans on one seat: ${JSON.stringify(rush.statuses)}`);
    if (round > 0) rushes.push({ words: rushed, slowest: rush.slowest, isExact: late === RUSH - 1 });
    await retire(db, stadium.id);
  }

  const what = "hold, distinct seats";
  const rate = median(rates.product);
  const limit = "same statement, pgbench";
  const limitRate = program ? median(rates.pgbench) : null;
  return {
    figures: [
      ratioFigure({ what, product: rate, limit, limitRate, bar: 0.5 }),
      ratioFigure({ what, product: rate, limit: "same statement, bare pg", limitRate: median(rates.bare) }),
      rushFigure(rushes),
    ],
    notes: [
      `hold: ${CONNECTIONS} connections, one seat per fan, no Idempotency-Key; 99 % within ${inMs(median(p99))}; 16 connections for pgbench and bare pg; held seats counted in the database after each round.`,
      `hold: one costs ${costInWords(costs.product)}; PostgreSQL spends ${inPostgres(costs.pgbench)} on one by pgbench (with its lookup) and ${inPostgres(costs.bare)} on one by bare pg.`,
      program
        ? `hold: pgbench's figure has its lookups of what to hold taken out; it counted ${Math.round(median(counted))}/s with them.`
        : "hold: pgbench was not found.",
      `${RUSH.toLocaleString("en")} fans on one seat, each round: ${rushes.map((rush) => rush.words).join(" · ")}.`,
    ],
  };
}
