import { retire } from "../data/concerts";
import type { Fan } from "../data/fans";
import { makeStadium } from "../data/places";
import { startHelper } from "../helper/start";
import { requestText } from "../load/request";
import { type Findings, inMs, inTurns, median, rateOf, told } from "../measure";
import type { BareAnswer } from "../rivals/bare-pg";
import type { Stage } from "../stage";

const CONNECTIONS = 64;
const FASTEST = 2000;

export const payFans = (seconds: number): number => FASTEST * seconds;

export async function measurePay(stage: Stage, seconds: number, fans: Fan[]): Promise<Findings> {
  const { db, product, cleanup } = stage;
  const bare = await startHelper(cleanup, "rivals/bare-pg.ts");
  const p99: number[] = [];
  /** A stadium with a hold for every fan, ready to be paid. */
  const holds = async (slug: string, length: number) => {
    const { id, places } = await makeStadium(db, slug, fans.slice(0, payFans(length)));
    await bare.ask<BareAnswer>({ kind: "hold", places, seconds: 600 });
    await db.$client.query("vacuum analyze queue_entries, seats, reservations");
    return { id, places };
  };
  const checked = async (concertId: string, answered: number) => {
    const { rows } = await db.$client.query<{ paid: number; tickets: number }>(
      `select (select count(*) from payments where concert_id = $1) as paid,
              (select count(*) from tickets where concert_id = $1) as tickets`,
      [concertId],
    );
    if (rows[0]?.paid !== answered || rows[0]?.tickets !== answered) {
      throw new Error(`${answered} payments were answered, but the database has ${JSON.stringify(rows[0])}.`);
    }
    await retire(db, concertId);
  };

  const rates = await inTurns({
    limit: async (round) => {
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
      const load = await stage.load(product, { connections: CONNECTIONS, requests, seconds: length, repeat: false });
      const rate = rateOf(load, 201);
      await checked(id, load.statuses[201] ?? 0);
      if (round > 0) p99.push(load.p99);
      return told("pay", round, rate, `99 % within ${inMs(load.p99)}`);
    },
  });
  return {
    figures: [
      {
        what: "pay",
        product: median(rates.product),
        limit: "same transaction, bare pg",
        limitRate: median(rates.limit),
      },
    ],
    notes: [
      `pay: ${CONNECTIONS} connections, one ticket per payment; 99 % within ${inMs(median(p99))}; payments and tickets counted after each run.`,
    ],
  };
}
