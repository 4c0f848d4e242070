import { mkdir, rm } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import path from "node:path";
import { Cleanup } from "@/bench/cleanup";
import { readArguments } from "@/cli/shared/arguments";
import { say } from "@/cli/shared/print";
import { runCommand, UsageFault } from "@/cli/shared/run";
import { onStopSignals } from "@/cli/start/stop-signals";
import { faketime } from "./clock";
import { FAULT_KINDS, FAULTS, type FaultKind, nameOf, planFaults } from "./plan";
import { reportOf } from "./report";
import { GUARDS } from "./sabotage";
import { storm } from "./storm";

const NAME = "storm";

const HELP = `
npm run storm -- [--minutes M] [--seed S] [--fans N] [--only KIND,…] [--without GUARD]

Lets hundreds of fans do everything at random, over HTTP, while servers, PostgreSQL and everything between them fail:
two server processes on a PostgreSQL of its own in a temporary folder, on 127.0.0.1 only. Afterwards every call whose
end nobody knows is asked for again by its key, the invariants are checked (npm run verify), and what the fans were told
is compared with what is stored. Ends with 1 and the seed if anything does not agree.

  --minutes M      how long, 0.2 to 600; 2 if absent
  --seed S         a whole number; a random one if absent. The same seed gives the same plan of faults and the same
                   impulses to the fans; what meets what still depends on the machine.
  --fans N         how many, 1 to 2000; 200 if absent
  --only LIST      these faults only:
${FAULT_KINDS.map((kind) => `                     ${kind}: ${FAULTS[kind]}`).join("\n")}
  --without GUARD  takes a guard from the servers' statements, to see that the storm notices:
${Object.entries(GUARDS)
  .map(([name, { says }]) => `                     ${name}: ${says}`)
  .join("\n")}
  --log FILE       where to log every call, a line of JSON each, and beside it PostgreSQL's own log; else both are kept only
                   if something is wrong
  --help           this text
`;

const FANS_MOST = 2000;

function parse(option: string, text: string, least: number, most: number, isWhole: boolean): number {
  const number = /^\d{1,10}(\.\d{1,3})?$/.test(text) ? Number(text) : Number.NaN;
  if (number >= least && number <= most && !(isWhole && !Number.isInteger(number))) return number;
  throw new UsageFault(`--${option} must be a ${isWhole ? "whole " : ""}number from ${least} to ${most}.`);
}

function kindsOf(text: string | undefined): FaultKind[] {
  if (text === undefined) return FAULT_KINDS;
  const words = text.split(",").map((word) => word.trim());
  const unknown = words.find((word) => !FAULT_KINDS.includes(word as FaultKind));
  if (unknown !== undefined) throw new UsageFault(`--only knows ${FAULT_KINDS.join(", ")}, not '${unknown}'.`);
  return words as FaultKind[];
}

async function main(): Promise<number> {
  const text = { type: "string" } as const;
  const { values } = readArguments({
    help: HELP,
    options: { minutes: text, seed: text, fans: text, only: text, without: text, log: text },
  });
  const minutes = parse("minutes", values.minutes ?? "2", 0.2, 600, false);
  const seed = parse("seed", values.seed ?? String(Math.floor(Math.random() * 1e6)), 0, 9_999_999_999, true);
  const fans = parse("fans", values.fans ?? "200", 1, FANS_MOST, true);
  const without = values.without ?? "";
  if (without !== "" && !(without in GUARDS))
    throw new UsageFault(`--without knows ${Object.keys(GUARDS).join(", ")}.`);
  const plan = planFaults(seed, minutes * 60_000, kindsOf(values.only));
  const logFile = path.resolve(values.log ?? path.join(tmpdir(), `frontrow-storm-${seed}-${process.pid}.jsonl`));
  const postgresLog = `${logFile.replace(/\.jsonl$/, "")}.postgres.log`;
  await mkdir(path.dirname(logFile), { recursive: true });

  const cleanup = new Cleanup();
  let isLogKept = values.log !== undefined;
  cleanup.later(async () => {
    if (!isLogKept) for (const file of [logFile, postgresLog]) await rm(file, { force: true });
  });
  onStopSignals(
    () => {
      say("Stopping and cleaning up …");
      void cleanup.run().then(() => process.exit(130));
    },
    () => process.exit(130),
  );
  const print = (line: string) => void process.stdout.write(`${line}\n`);
  print(
    `storm       seed ${seed}, ${minutes} min, ${fans} fans, plan ${nameOf(plan)} of ${plan.length} faults${without ? `, WITHOUT ${without}` : ""}`,
  );
  print(
    `machine     ${cpus().length} cores (${cpus()[0]?.model.trim()}), Node ${process.versions.node}; calls in ${logFile}`,
  );
  if (!faketime())
    print("clocks      libfaketime is not installed: the servers' clocks are put wrong inside Node, not below it");
  try {
    const outcome = await storm(cleanup, { seed, minutes, fans, plan, logFile, postgresLog, without });
    for (const line of reportOf(outcome, plan)) print(line);
    const { violations } = outcome.log;
    isLogKept ||= violations.length > 0;
    for (const violation of violations) print(`VIOLATION   ${violation}`);
    if (violations.length > 0)
      print(
        `failed      ${violations.length} violations; again with: npm run storm -- --minutes ${minutes} --fans ${fans} --seed ${seed}`,
      );
    else print("passed      nothing was lost, made or done twice");
    return violations.length === 0 ? 0 : 1;
  } catch (error) {
    // What fails because it is being taken down is no news; the process ends when that is done.
    if (cleanup.hasBegun) await new Promise(() => {});
    isLogKept = true;
    say(
      `The storm broke off; its seed was ${seed}. The calls are in ${logFile}, PostgreSQL's log is in ${postgresLog}.`,
    );
    throw error;
  } finally {
    await cleanup.run();
  }
}

await runCommand(NAME, main);
