import { say } from "@/cli/shared/print";
import { type Cost, costOf } from "../cpu";
import { retire } from "../data/concerts";
import type { Fan } from "../data/fans";
import { makeStadium } from "../data/places";
import { perSecond, ratioFigure } from "../figure";
import { startHelper } from "../helper/start";
import type { Job, Load } from "../load/job";
import { requestText } from "../load/request";
import { costInWords, type Findings, inMs, inTurns, isBorneOut, manners, median, rateOf, told } from "../measure";
import { findPgbench } from "../programs";
import type { BareAnswer } from "../rivals/bare-pg";
import { payWithPgbench } from "../rivals/pgbench-pay";
import type { Stage } from "../stage";

const CONNECTIONS = 64;
const FASTEST = 2000;

export const payFans = (seconds: number): number => FASTEST * seconds;

export async function measurePay(stage: Stage, seconds: number, fans: Fan[]): Promise<Findings> {
  const { db, product, cleanup, url, dir } = stage;
  const program = await findPgbench();
  if (!program) say("  pgbench is not installed (Debian: postgresql-contrib): pay is compared with bare pg only.");
  const counted: number[] = [];
  const bare = await startHelper(cleanup, "rivals/bare-pg.ts");
  const p99: number[] = [];
  const costs: Cost[] = [];
  /** A stadium with a hold for every fan, ready to be paid. */
  const holds = async (slug: string, length: number) => {
    const { id, places } = await makeStadium(db, slug, fans.slice(0, payFans(length)));
    await bare.ask<BareAnswer>({ kind: "hold", places, seconds: 600 });
    await db.$client.query("vacuum analyze queue_entries, seats, reservations");
    return { id, places };
  };
  const checked = async (concertId: string, answered: number, load?: Load) => {
    const { rows } = await db.$client.query<{ paid: number; tickets: number }>(
      `select (select count(*) from payments where concert_id = $1) as paid,
              (select count(*) from tickets where concert_id = $1) as tickets`,
      [concertId],
    );
    if (!isBorneOut(rows[0]?.paid, answered, load) || rows[0]?.tickets !== rows[0]?.paid) {
      throw new Error(`${answered} payments were answered, but the database has ${JSON.stringify(rows[0])}.`);
    }
    await retire(db, concertId);
  };

  const measured = async (job: Omit<Job, "port">) => {
    let load: Load | undefined;
    const cost = await costOf(stage, async () => {
      load = await stage.load(product, job);
      return load.statuses[201] ?? 0;
    });
    return { load: load as Load, cost };
  };

  const rates = await inTurns({
    pgbench: program
      ? async (round) => {
          const length = round === 0 ? 1 : seconds;
          const { id, places } = await holds(`bench-pay-pgbench-${round}`, length);
          const result = await payWithPgbench(db, { program, url, dir, cleanup, places });
          await checked(id, result.done);
          if (round > 0) counted.push(result.counted);
          return told("pay, pgbench", round, result.rate, `${perSecond(result.counted)} with its lookups`);
        }
      : null,
    bare: async (round) => {
      const length = round === 0 ? 1 : seconds;
      const { id, places } = await holds(`bench-pay-bare-${round}`, length);
      const { done, seconds: took } = await bare.ask<BareAnswer>({ kind: "pay", places, seconds: length });
      await checked(id, done);
      return told("pay, bare pg", round, done / took);
    },
    product: async (round) => {
      const length = round === 0 ? 1 : seconds;
      const { id, places } = await holds(`bench-pay-${round}`, length);
      const requests = places.map(({ reservationId, bearer, queueToken }) => {
        const path = `/api/concerts/${id}/reservations/${reservationId}/payment`;
        return requestText({ method: "POST", path, bearer, queueToken });
      });
      const { load, cost } = await measured({ connections: CONNECTIONS, requests, seconds: length, repeat: false });
      const rate = rateOf(load, 201);
      await checked(id, load.statuses[201] ?? 0, load);
      if (round > 0) costs.push(cost);
      if (round > 0) p99.push(load.p99);
      return told("pay", round, rate, manners(load));
    },
  });
  return {
    figures: [
      ratioFigure({
        what: "pay",
        product: median(rates.product),
        limit: "same transaction, pgbench",
        limitRate: program ? median(rates.pgbench) : null,
        bar: 0.4,
      }),
      ratioFigure({
        what: "pay",
        product: median(rates.product),
        limit: "same transaction, bare pg",
        limitRate: median(rates.bare),
      }),
    ],
    notes: [
      `pay: ${CONNECTIONS} connections, one ticket per payment; 99 % within ${inMs(median(p99))}; payments and tickets counted after each run.`,
      `pay: one costs ${costInWords(costs)}.`,
      program
        ? `pay: pgbench's figure has its lookups of what to pay taken out; it counted ${perSecond(median(counted))} with them.`
        : "pay: pgbench was not found.",
    ],
  };
}
