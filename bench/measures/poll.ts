import path from "node:path";
import { say } from "@/cli/shared/print";
import { retire } from "../data/concerts";
import { type Line, makeLine } from "../data/lines";
import { type Asked, askedWhile, counting, roleApart } from "../database-load";
import { plainFigure, ratioFigure } from "../figure";
import type { Memory } from "../helper/child";
import { startHelper } from "../helper/start";
import type { Job } from "../load/job";
import { requestText } from "../load/request";
import { type Findings, inTurns, median, rateOf, told } from "../measure";
import { inMb, mostMemory, mostMemoryWithPages } from "../memory";
import { type Stage, startTarget, type Target } from "../stage";

const CONNECTIONS = 64;
/** So many that no fan polls twice in a round of usual length: what is kept for one fan helps nobody else. */
const TOKENS = 50_000;
/**
 * Whether an answer takes longer with a million in line is asked in so many rounds of a second, the two lines in turns: on a
 * shared machine one and the same line differs by a tenth from one long round to the next.
 */
const FLAT_ROUNDS = 9;
/** Requests after which a server has compiled what it uses. */
const WARM = 5000;
const COUNT_MS = 12_000;
/** Who asks for the process whose reads are counted. */
const READER = "polled";
const MB = 1024 * 1024;
const MB_MOST = 200;
const READS_MOST = 2;

const LENGTHS = { short: 1000, long: 100_000, longest: 1_000_000 } as const;

const words = (length: number) => `poll, ${length.toLocaleString("en")} in line`;

const pollsOf = ({ concertId, tokens }: Line): string[] =>
  tokens.map((queueToken) => requestText({ method: "GET", path: `/api/concerts/${concertId}/queue`, queueToken }));

const plainPollsOf = ({ concertId, entryIds }: Line): string[] =>
  entryIds.map((id) => requestText({ method: "GET", path: "/api/queue", queueToken: `${concertId}/${id}` }));

/** Makes the limit answer as the product does; what Node adds by itself it adds there too. */
async function imitate(limit: Target, answer: string): Promise<number> {
  const end = answer.indexOf("\r\n\r\n");
  const headers = answer
    .slice(0, end)
    .split("\r\n")
    .slice(1)
    .map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()] as const)
    .filter(([name]) => !/^(date|connection|keep-alive)$/i.test(name))
    .flat();
  await limit.helper.ask({ headers, body: answer.slice(end + 4) });
  return answer.length;
}

/** The Next app with a database read behind every poll, built first. */
async function openNext({ cleanup, dir }: Stage): Promise<Target> {
  const helper = await startHelper(cleanup, "rivals/next-poll.ts");
  return { helper, port: await helper.ask<number>({ dir: path.join(dir, "next-poll") }) };
}

/** All that a process which only answers, beside those that do the rest, asks the database while a line is polled. */
async function askedByPolls({ db, url, cleanup, log, load }: Stage, job: Omit<Job, "port">): Promise<Asked[]> {
  say("  counting what the database is asked …");
  const databaseUrl = await roleApart(db, url, READER);
  const reader = await startTarget(cleanup, "server.ts", { log, databaseUrl });
  await reader.helper.ask("answer only");
  return await counting(db, () => askedWhile(db, () => load(reader, job), READER));
}

export async function measurePoll(stage: Stage, seconds: number): Promise<Findings> {
  const { db, cleanup } = stage;
  // One that has done nothing yet: what a sale left in a server's memory is not the line's.
  const product = await startTarget(cleanup, "server.ts", { log: stage.log });
  const limit = await startTarget(cleanup, "rivals/node-http.ts");
  say("  building the Next app …");
  const next = await openNext(stage);
  const atStart = await product.helper.ask<Memory>("memory");
  say("  planting lines of up to a million …");
  const short = await makeLine(db, "bench-poll-short", LENGTHS.short, TOKENS);
  const long = await makeLine(db, "bench-poll-long", LENGTHS.long, TOKENS);
  const longest = await makeLine(db, "bench-poll-longest", LENGTHS.longest, TOKENS);
  const requests = { short: pollsOf(short), long: pollsOf(long), longest: pollsOf(longest) };
  const every = Math.floor(requests.longest.length / requests.short.length);
  const few = requests.longest.filter((_, at) => at % every === 0).slice(0, requests.short.length);
  const plain = { short: plainPollsOf(short), long: plainPollsOf(long) };

  const cpu: Record<string, number[]> = {};
  const polls = (name: string, target: Target, texts: string[], length: number) => async (round: number) => {
    const before = await target.helper.ask<number>("cpu");
    const load = await stage.load(target, {
      connections: CONNECTIONS,
      requests: texts,
      seconds: round === 0 ? 1 : length,
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
  const first = await stage.load(product, { connections: 1, requests: requests.long, seconds: 1, repeat: false });
  const bytes = await imitate(limit, first.sample);
  const job = { connections: CONNECTIONS, requests: requests.longest, seconds: COUNT_MS / 1000, repeat: true };
  const memory = await mostMemory(product, () => stage.load(product, job));
  const withPages = await mostMemoryWithPages(stage, job);
  const byPolls = await askedByPolls(stage, job);
  const reads = byPolls.reduce((sum, { perSecond }) => sum + perSecond, 0);
  say("  warming up …");
  for (const [target, texts] of [
    [product, requests.long],
    [limit, requests.long],
    [next, plain.long],
  ] as const) {
    await stage.load(target, { connections: CONNECTIONS, requests: texts.slice(0, WARM), seconds: 30, repeat: false });
  }
  const rates = await inTurns({
    limit: polls("node:http", limit, requests.long, seconds),
    next: polls("Next and a read, 1,000 in line", next, plain.short, seconds),
    nextLong: polls("Next and a read, 100,000 in line", next, plain.long, seconds),
    short: polls(words(LENGTHS.short), product, requests.short, seconds),
    long: polls(words(LENGTHS.long), product, requests.long, seconds),
    longest: polls(words(LENGTHS.longest), product, requests.longest, seconds),
  });
  const [asMany, theSame] = [`${words(LENGTHS.longest)}, as many asking`, "the same, 1,000 in line"];
  const flat = await inTurns(
    { few: polls(asMany, product, few, 1), short: polls(`${asMany}: ${theSame}`, product, requests.short, 1) },
    FLAT_ROUNDS,
  );
  for (const { concertId } of [short, long, longest]) await retire(db, concertId);

  const each = (name: string) => median(cpu[name] ?? []);
  const [fast, slow] = [median(rates.short), median(rates.longest)];
  const limitRate = median(rates.limit);
  const bare = "node:http, same bytes";
  return {
    figures: [
      ratioFigure({ what: words(LENGTHS.short), product: fast, limit: bare, limitRate, bar: 0.7 }),
      ratioFigure({ what: words(LENGTHS.longest), product: slow, limit: bare, limitRate, bar: 0.7 }),
      ratioFigure({
        what: words(LENGTHS.short),
        product: fast,
        limit: "Next route handler with a read",
        limitRate: median(rates.next),
        bar: 12,
      }),
      ratioFigure({
        what: asMany,
        product: median(flat.few),
        limit: theSame,
        limitRate: median(flat.short),
        bar: 0.9,
      }),
      plainFigure({ what: "database reads for polls, one line", value: reads, unit: "per s", most: READS_MOST }),
      plainFigure({ what: "memory, 1,000,000 in line", value: memory.resident / MB, unit: "MB", most: MB_MOST }),
      ...(withPages === null
        ? []
        : [plainFigure({ what: "the same with Next's pages", value: withPages.most / MB, unit: "MB", most: MB_MOST })]),
    ],
    notes: [
      `poll: ${CONNECTIONS} connections, up to ${TOKENS.toLocaleString("en")} tokens spread over the line (all of them with 1,000 in line), every tenth fan has left; answers of ${bytes} bytes with their head.`,
      `poll: ${Math.round(median(rates.long)).toLocaleString("en")}/s with 100,000 in line; Next and a read: ${Math.round(median(rates.nextLong)).toLocaleString("en")}/s there.`,
      `poll: CPU per answer ${Object.keys(cpu)
        .map((name) => `${each(name).toFixed(1)} µs for ${name}`)
        .join(", ")}.`,
      `poll: a process that only answers asked the database while the longest line was polled: ${byPolls.map(({ text, perSecond }) => `${perSecond.toFixed(1)}/s of "${text.slice(0, 60)} …"`).join(" and ")}.`,
      `memory of the server process (API and what runs beside it, without Next's pages): ${inMb(memory.resident)} at most while polled with 1,000,000 in line, of which ${inMb(memory.heap)} objects and ${inMb(memory.buffers)} buffers; ${inMb(atStart.resident)} before there was a line. ${withPages === null ? "Of a process that serves pages too it is not known: they are not built (npm run build), or this is not Linux." : `A process that serves pages too, as npm start runs it, has ${inMb(withPages.most)} at most, and had ${inMb(withPages.atStart)} before anybody asked about the line.`}`,
    ],
  };
}
