import { type Cost, costOf } from "../cpu";
import { makeConcert, retire } from "../data/concerts";
import type { Fan } from "../data/fans";
import { ratioFigure } from "../figure";
import type { Job, Load } from "../load/job";
import { requestText } from "../load/request";
import { costInWords, type Findings, inMs, inTurns, isBorneOut, manners, median, rateOf, told } from "../measure";
import { type Stage, startTarget } from "../stage";

const CONNECTIONS = 256;
const FASTEST = 12_000;

export const joinFans = (seconds: number): number => FASTEST * seconds;

export async function measureJoin(stage: Stage, seconds: number, fans: Fan[]): Promise<Findings> {
  const { db, product, cleanup } = stage;
  const rival = await startTarget(cleanup, "rivals/insert-per-join.ts");
  const p99: number[] = [];
  const costs: Cost[] = [];
  const job = (round: number, requests: string[]) => {
    const length = round === 0 ? 1 : seconds;
    return { connections: CONNECTIONS, requests: requests.slice(0, FASTEST * length), seconds: length, repeat: false };
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
    limit: async (round) => {
      const { id } = await makeConcert(db, "hongdae-night-2027", `bench-insert-${round}`);
      const requests = fans.map((fan) => requestText({ method: "POST", path: `/${id}/${fan.userId}` }));
      const load = await stage.load(rival, job(round, requests));
      return told("one INSERT per join", round, rateOf(load, 201), manners(load));
    },
    product: async (round) => {
      const { id } = await makeConcert(db, "hongdae-night-2027", `bench-join-${round}`);
      const path = `/api/concerts/${id}/queue`;
      const requests = fans.map((fan) => requestText({ method: "POST", path, bearer: fan.token }));
      const { load, cost } = await measured(job(round, requests));
      const rate = rateOf(load, 201);
      const { rows } = await db.$client.query<{ count: number; last: number }>(
        "select count(*), max(number) as last from queue_entries where concert_id = $1",
        [id],
      );
      const joined = load.statuses[201] ?? 0;
      if (!isBorneOut(rows[0]?.count, joined, load) || rows[0]?.last !== rows[0]?.count) {
        throw new Error(`${joined} joins were answered, but the line is ${JSON.stringify(rows[0])}.`);
      }
      await retire(db, id);
      if (round > 0) costs.push(cost);
      if (round > 0) p99.push(load.p99);
      return told("join", round, rate, manners(load));
    },
  });
  return {
    figures: [
      ratioFigure({
        what: "join, durable",
        product: median(rates.product),
        limit: "one INSERT per join, node:http",
        limitRate: median(rates.limit),
        bar: 2.5,
      }),
    ],
    notes: [
      `join: ${CONNECTIONS} connections, every join another fan; 99 % of the product's within ${inMs(median(p99))}; numbers checked to be 1 to n without a gap.`,
      `join: one costs ${costInWords(costs)}.`,
    ],
  };
}
