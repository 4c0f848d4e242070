import type { Client } from "@/db/client";
import { newId } from "@/lib/core/ids";
import { signQueueToken } from "@/lib/queue/token";
import { makeConcert, plantLine, retire } from "../data/concerts";
import { ratioFigure } from "../figure";
import { requestText } from "../load/request";
import { type Findings, inTurns, median, rateOf, told } from "../measure";
import { type Stage, startTarget, type Target } from "../stage";

const CONNECTIONS = 64;
const TOKENS = 2000;
/** PostgreSQL's processes tell their counts at most once a second. */
const COUNTS_ARRIVE_MS = 1500;
const IDLE_MS = 4000;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Polls by fans all along a line of `length`. */
async function makeLine(db: Client, length: number) {
  const { id } = await makeConcert(db, "hongdae-night-2027", `bench-poll-${length}`);
  await plantLine(db, id, length);
  const requests = Array.from({ length: Math.min(TOKENS, length) }, (_, at) => {
    const number = 1 + Math.floor((at * length) / Math.min(TOKENS, length));
    const claims = { concertId: id, entryId: newId(), userId: newId(), number, generation: 0, enteredAt: new Date() };
    return requestText({ method: "GET", path: `/api/concerts/${id}/queue`, queueToken: signQueueToken(claims) });
  });
  return { id, requests };
}

/** Makes the rival answer as the product does; what Node adds by itself it adds there too. */
async function imitate(rival: Target, answer: string): Promise<number> {
  const end = answer.indexOf("\r\n\r\n");
  const headers = answer
    .slice(0, end)
    .split("\r\n")
    .slice(1)
    .map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()] as const)
    .filter(([name]) => !/^(date|connection|keep-alive)$/i.test(name))
    .flat();
  const body = answer.slice(end + 4);
  await rival.helper.ask({ headers, body });
  return answer.length;
}

async function transactions(db: Client): Promise<number> {
  await pause(COUNTS_ARRIVE_MS);
  const { rows } = await db.$client.query<{ count: number }>(
    "select xact_commit + xact_rollback as count from pg_stat_database where datname = current_database()",
  );
  return rows[0]?.count as number;
}

/** Transactions per second while `work` runs; outside of transactions each statement is one. */
async function transactionRate(db: Client, work: () => Promise<unknown>): Promise<number> {
  const before = await transactions(db);
  const from = performance.now();
  await work();
  const after = await transactions(db);
  return ((after - before) * 1000) / (performance.now() - from);
}

export async function measurePoll(stage: Stage, seconds: number): Promise<Findings> {
  const { db, product, cleanup } = stage;
  const rival = await startTarget(cleanup, "rivals/node-http.ts");
  const short = await makeLine(db, 1000);
  const long = await makeLine(db, 100_000);
  const idle = await transactionRate(db, () => pause(IDLE_MS));
  const first = await stage.load(product, { connections: 1, requests: long.requests, seconds: 1, repeat: false });
  const bytes = await imitate(rival, first.sample);

  const cpu: Record<string, number[]> = {};
  const polls = (name: string, target: Target, requests: string[]) => async (round: number) => {
    const before = await target.helper.ask<number>("cpu");
    const load = await stage.load(target, {
      connections: CONNECTIONS,
      requests,
      seconds: round === 0 ? 1 : seconds,
      repeat: true,
    });
    const rate = rateOf(load, 200);
    const each = ((await target.helper.ask<number>("cpu")) - before) / (rate * load.seconds);
    if (round > 0) cpu[name] = [...(cpu[name] ?? []), each];
    return told(
      name,
      round,
      rate,
      `${each.toFixed(1)} µs of CPU each, generator ${load.generatorBusy.toFixed(2)} busy`,
    );
  };
  let rates = { limit: [0], short: [0], long: [0] };
  const busy = await transactionRate(db, async () => {
    rates = await inTurns({
      limit: polls("node:http", rival, long.requests),
      short: polls("poll, 1,000 in line", product, short.requests),
      long: polls("poll, 100,000 in line", product, long.requests),
    });
  });
  await retire(db, short.id);
  await retire(db, long.id);
  const limitRate = median(rates.limit);
  const limit = "node:http, same bytes";
  const each = (name: string) => median(cpu[name] ?? []);
  const limitCpu = each("node:http");
  return {
    figures: [
      ratioFigure({ what: "poll, 1,000 in line", product: median(rates.short), limit, limitRate, bar: 0.7 }),
      ratioFigure({ what: "poll, 100,000 in line", product: median(rates.long), limit, limitRate, bar: 0.7 }),
    ],
    notes: [
      `poll: ${CONNECTIONS} connections, ${TOKENS.toLocaleString("en")} tokens (1,000 with 1,000 in line), answers of ${bytes} bytes with their head.`,
      `poll: CPU per answer ${limitCpu.toFixed(1)} µs for node:http, ${each("poll, 1,000 in line").toFixed(1)} µs with 1,000 and ${each("poll, 100,000 in line").toFixed(1)} µs with 100,000 in line (ratio ${(limitCpu / each("poll, 100,000 in line")).toFixed(2)}).`,
      `poll: ${busy.toFixed(1)} database transactions/s while polled, all lines, ticker and this count together; ${idle.toFixed(1)}/s before anybody polled.`,
    ],
  };
}
