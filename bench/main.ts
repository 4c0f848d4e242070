import { cpus, loadavg } from "node:os";
import { readArguments } from "@/cli/shared/arguments";
import { say } from "@/cli/shared/print";
import { runCommand, UsageFault } from "@/cli/shared/run";
import { onStopSignals } from "@/cli/start/stop-signals";
import { Cleanup } from "./cleanup";
import { type Fan, makeCrowd } from "./data/fans";
import { type Findings, ROUNDS } from "./measure";
import { measureAdmit } from "./measures/admit";
import { measureDraw } from "./measures/draw";
import { holdFans, measureHold } from "./measures/hold";
import { joinFans, measureJoin } from "./measures/join";
import { measurePay, payFans } from "./measures/pay";
import { measurePoll } from "./measures/poll";
import { measurePulse } from "./measures/pulse";
import { INSIDE, measureSale } from "./measures/whole-sale";
import { logInWords } from "./product-log";
import { openStage, type Stage } from "./stage";
import { tableOf } from "./table";

type Options = { seconds: number; inside: number; fans: number };

type Measure = {
  fans(seconds: number): number;
  run(stage: Stage, options: Options, fans: Fan[]): Promise<Findings>;
};

const MEASURES: Record<string, Measure> = {
  // First, while the database is as the product makes it and nothing in it was planted.
  sale: { fans: () => 0, run: (stage, { inside, fans }) => measureSale(stage, { inside, most: fans }) },
  poll: { fans: () => 0, run: (stage, { seconds }) => measurePoll(stage, seconds) },
  pulse: { fans: () => 0, run: (stage, { seconds }) => measurePulse(stage, seconds) },
  admit: { fans: () => 0, run: measureAdmit },
  draw: { fans: () => 0, run: measureDraw },
  join: { fans: joinFans, run: (stage, { seconds }, fans) => measureJoin(stage, seconds, fans) },
  hold: { fans: holdFans, run: (stage, { seconds }, fans) => measureHold(stage, seconds, fans) },
  pay: { fans: payFans, run: (stage, { seconds }, fans) => measurePay(stage, seconds, fans) },
};
const NAMES = Object.keys(MEASURES);
const SECONDS_MOST = 20;
const INSIDE_MOST = 5000;
const FANS_MOST = 100_000;

const HELP = `
npm run bench -- [--only ${NAMES.join(",")}] [--seconds N] [--inside N] [--fans N]

Measures the product beside its limits, in turns and in one run, on a PostgreSQL of its own in a temporary folder,
and prints a table of figures and ratios on stdout. DATABASE_URL is not used.

  sale   the stadium sold out through HTTP: every fan queues, looks, holds, tops up and pays; once
  poll   where a fan stands, beside node:http returning the same bytes and a Next route handler with a database read;
         a million in line, the memory they take and what the database is asked
  pulse  what everybody may know of a line, through nginx with deploy/nginx.conf: what the server still sees
  admit  a thousand let in from a million
  draw   a lobby of a million drawn, while others join and ask
  join   durable joins, beside Redis and one INSERT per join
  hold   holds of distinct seats, beside pgbench and bare pg running the same statement; 1,000 fans on one seat
  pay    payments of holds, beside pgbench and bare pg running the same transaction

  --only LIST   some of them, separated by commas
  --seconds N   how long each of the ${ROUNDS} rounds lasts at most, 1 to ${SECONDS_MOST}; 3 if absent
  --inside N    how many shop at one time in the sale, 1 to ${INSIDE_MOST}; ${INSIDE} if absent
  --fans N      how many come to the sale at most; as many as its seats are for if absent
  --help        this text

A slow ratio is a figure, not an error: the exit code says only whether everything could be measured.
`;

function chosen(text: string | undefined): string[] {
  if (text === undefined) return NAMES;
  const names = text.split(",").map((name) => name.trim());
  const unknown = names.find((name) => !NAMES.includes(name));
  if (unknown !== undefined) throw new UsageFault(`--only knows ${NAMES.join(", ")}, not '${unknown}'.`);
  return NAMES.filter((name) => names.includes(name));
}

function wholeNumber(option: string, text: string | undefined, usual: number, most: number): number {
  if (text === undefined) return usual;
  const number = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (number >= 1 && number <= most) return number;
  throw new UsageFault(`--${option} must be a whole number from 1 to ${most}.`);
}

async function machine({ db }: Stage): Promise<string> {
  const { rows } = await db.$client.query<{ version: string; fsync: string; commit: string }>(
    `select current_setting('server_version') as version, current_setting('fsync') as fsync,
            current_setting('synchronous_commit') as commit`,
  );
  const { version, fsync, commit } = rows[0] ?? {};
  const cores = cpus();
  return `${cores.length} cores (${cores[0]?.model.trim()}), Node ${process.versions.node}, PostgreSQL ${version} (fsync ${fsync}, synchronous_commit ${commit})`;
}

/** Whether everything could be measured; what could is printed either way. */
async function measureAll(cleanup: Cleanup, names: string[], options: Options): Promise<boolean> {
  const { seconds } = options;
  say("Starting PostgreSQL, the product and the load generator …");
  const stage = await openStage(cleanup);
  const measures = names.map((name) => ({ name, ...(MEASURES[name] as Measure) }));
  const crowd = Math.max(...measures.map(({ fans }) => fans(seconds)));
  const fans = crowd > 0 ? await makeCrowd(stage.db, crowd) : [];
  const before = loadavg()[0] ?? 0;
  const all: Findings = { figures: [], notes: [] };
  const failed: string[] = [];
  for (const { name, run } of measures) {
    say(`${name}:`);
    try {
      const { figures, notes } = await run(stage, options, fans);
      all.figures.push(...figures);
      all.notes.push(...notes);
    } catch (error) {
      // What fails because it is being taken down is no news; the process ends when that is done.
      if (cleanup.hasBegun) await new Promise(() => {});
      say(`${name} could not be measured: ${(error as Error).stack}`);
      failed.push(name);
    }
  }
  const logged = await logInWords(stage.log);
  const words = [
    tableOf(all.figures),
    "",
    ...all.notes.map((note) => `- ${note}`),
    `- The product logged ${logged || "nothing"}.`,
    ...failed.map((name) => `- ${name} could not be measured; the reason is on stderr.`),
    `- Medians of ${ROUNDS} rounds of at most ${seconds} s after a warm-up, in turns; ratio = product / limit.`,
    `- ${await machine(stage)}; server, database and generator share the machine, whose load was ${before.toFixed(1)} before the first round.`,
  ];
  process.stdout.write(`${words.join("\n")}\n`);
  return failed.length === 0;
}

async function main(): Promise<number> {
  const { values } = readArguments({
    help: HELP,
    options: {
      only: { type: "string" },
      seconds: { type: "string" },
      inside: { type: "string" },
      fans: { type: "string" },
    },
  });
  const names = chosen(values.only);
  const options = {
    seconds: wholeNumber("seconds", values.seconds, 3, SECONDS_MOST),
    inside: wholeNumber("inside", values.inside, INSIDE, INSIDE_MOST),
    fans: wholeNumber("fans", values.fans, FANS_MOST, FANS_MOST),
  };
  const cleanup = new Cleanup();
  onStopSignals(
    () => {
      say("Stopping and cleaning up …");
      void cleanup.run().then(() => process.exit(130));
    },
    () => process.exit(130),
  );
  try {
    return (await measureAll(cleanup, names, options)) ? 0 : 1;
  } catch (error) {
    if (cleanup.hasBegun) await new Promise(() => {});
    throw error;
  } finally {
    await cleanup.run();
  }
}

await runCommand("bench", main);
