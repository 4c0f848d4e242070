import { say } from "@/cli/shared/print";
import type { Client } from "@/db/client";
import { type Cost, costOf } from "../cpu";
import { makeConcert, retire } from "../data/concerts";
import type { Fan } from "../data/fans";
import { ratioFigure } from "../figure";
import type { Job, Load } from "../load/job";
import { requestText } from "../load/request";
import { costInWords, type Findings, inMs, inTurns, isBorneOut, manners, median, rateOf, told } from "../measure";
import { findRedis } from "../programs";
import { startRedis } from "../rivals/redis-server";
import { type Stage, startTarget, type Target } from "../stage";

const CONNECTIONS = 256;
const FASTEST = 32_000;

export const joinFans = (seconds: number): number => FASTEST * seconds;

/** The Redis rival, or null where there is no Redis. */
async function openRedis({ cleanup, dir }: Stage): Promise<Target | null> {
  const program = await findRedis();
  if (!program) {
    say("  redis-server is not installed (Debian: redis-server): the join is not compared with Redis.");
    return null;
  }
  const { port } = await startRedis(cleanup, program, dir);
  const target = await startTarget(cleanup, "rivals/redis-join.ts");
  await target.helper.ask({ redis: port });
  return target;
}

/** Throws unless the line has the numbers 1 to n, one for each answered join. */
async function checkLine(db: Client, concertId: string, load: Load): Promise<void> {
  const { rows } = await db.$client.query<{ count: number; last: number }>(
    "select count(*), max(number) as last from queue_entries where concert_id = $1",
    [concertId],
  );
  const joined = load.statuses[201] ?? 0;
  if (!isBorneOut(rows[0]?.count, joined, load) || rows[0]?.last !== rows[0]?.count) {
    throw new Error(`${joined} joins were answered, but the line is ${JSON.stringify(rows[0])}.`);
  }
}

export async function measureJoin(common: Stage, seconds: number, fans: Fan[]): Promise<Findings> {
  const { db, cleanup } = common;
  // All of them fresh: a process that has sold a stadium has three times the memory to go through for what is garbage.
  const product = await startTarget(cleanup, "server.ts", { log: common.log });
  const stage = { ...common, product };
  const insert = await startTarget(cleanup, "rivals/insert-per-join.ts");
  const redis = await openRedis(stage);
  const p99: number[] = [];
  const rivals: Record<"Redis" | "INSERT", number[]> = { Redis: [], INSERT: [] };
  const costs: Cost[] = [];
  const job = (round: number, requests: string[]): Omit<Job, "port"> => {
    const length = round === 0 ? 1 : seconds;
    return { connections: CONNECTIONS, requests: requests.slice(0, FASTEST * length), seconds: length, repeat: false };
  };
  /** What a rival's own process costs per join; the database behind it is not in it. */
  const loadRival = async (name: keyof typeof rivals, target: Target, round: number, requests: string[]) => {
    const before = await target.helper.ask<number>("cpu");
    const load = await stage.load(target, job(round, requests));
    const each = ((await target.helper.ask<number>("cpu")) - before) / (load.statuses[201] ?? 0);
    if (round > 0) rivals[name].push(each);
    return load;
  };
  const plainJoins = (concertId: string) =>
    fans.map((fan) => requestText({ method: "POST", path: `/${concertId}/${fan.userId}` }));

  const rates = await inTurns({
    redis:
      redis &&
      (async (round) => {
        const name = `round-${round}`;
        const load = await loadRival("Redis", redis, round, plainJoins(name));
        const length = await redis.helper.ask<number>({ lengthOf: name });
        if (length !== load.statuses[201]) {
          throw new Error(`Redis answered ${load.statuses[201]} joins, but its line is ${length} long.`);
        }
        return told("Redis", round, rateOf(load, 201), manners(load));
      }),
    insert: async (round) => {
      const { id } = await makeConcert(db, "hongdae-night-2027", `bench-insert-${round}`);
      const load = await loadRival("INSERT", insert, round, plainJoins(id));
      return told("one INSERT per join", round, rateOf(load, 201), manners(load));
    },
    product: async (round) => {
      const { id } = await makeConcert(db, "hongdae-night-2027", `bench-join-${round}`);
      const path = `/api/concerts/${id}/queue`;
      const requests = fans.map((fan) => requestText({ method: "POST", path, bearer: fan.token }));
      let load: Load | undefined;
      const cost = await costOf(stage, async () => {
        load = await stage.load(product, job(round, requests));
        return load.statuses[201] ?? 0;
      });
      const done = load as unknown as Load;
      await checkLine(db, id, done);
      await retire(db, id);
      if (round > 0) costs.push(cost);
      if (round > 0) p99.push(done.p99);
      return told("join", round, rateOf(done, 201), manners(done));
    },
  });
  const what = "join, durable";
  const rate = median(rates.product);
  const redisRate = redis && median(rates.redis);
  return {
    figures: [
      ratioFigure({ what, product: rate, limit: "Redis, node:http", limitRate: redisRate, bar: 1 }),
      ratioFigure({
        what,
        product: rate,
        limit: "one INSERT per join, node:http",
        limitRate: median(rates.insert),
        bar: 2.5,
      }),
    ],
    notes: [
      `join: ${CONNECTIONS} connections, every join another fan; 99 % of the product's within ${inMs(median(p99))}; numbers checked to be 1 to n without a gap.`,
      `join: one costs ${costInWords(costs)}; ${redis ? `${Math.round(median(rivals.Redis))} µs in the process before Redis, ` : ""}${Math.round(median(rivals.INSERT))} µs in the one that inserts each.`,
    ],
  };
}
