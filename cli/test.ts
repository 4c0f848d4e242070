import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { checkArrows } from "./check/check-arrows";

const HELP = `npm test [-- --no-browser --no-storm]

Runs everything: lint, types, import arrows, unit and integration tests on a PostgreSQL of
their own, a storm of two minutes (npm run storm) and browser journeys against the built
product. Ends with "N passed, N failed".

  --no-browser  leaves the browser journeys out
  --no-storm    leaves the storm out
  --help        this text`;

type Tally = { passed: number; failed: number };

const { values } = parseArgs({
  options: { "no-browser": { type: "boolean" }, "no-storm": { type: "boolean" }, help: { type: "boolean" } },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}

const scratch = await mkdtemp(path.join(tmpdir(), "frontrow-report-"));
const total: Tally = { passed: 0, failed: 0 };

/** Runs a program with its output shown; answers whether it ended well. */
const run = (command: string, args: string[], env: Record<string, string> = {}): Promise<boolean> =>
  new Promise((resolve) => {
    const child = spawn(command, args, { stdio: "inherit", env: { ...process.env, ...env } });
    child.once("error", () => resolve(false));
    child.once("exit", (code) => resolve(code === 0));
  });

const bin = (name: string): string => path.join("node_modules", ".bin", name);

async function step(name: string, work: () => Promise<Tally>): Promise<void> {
  console.log(`\n— ${name}`);
  const began = performance.now();
  const tally = await work().catch((error: unknown) => {
    console.error(error);
    return { passed: 0, failed: 1 };
  });
  total.passed += tally.passed;
  total.failed += tally.failed;
  console.log(
    `  ${name}: ${tally.passed} passed, ${tally.failed} failed, ${Math.round((performance.now() - began) / 1000)} s`,
  );
}

/** A check that is one thing: it passed or it failed. */
const single = (isFine: boolean): Tally => (isFine ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 });

async function vitest(): Promise<Tally> {
  const report = path.join(scratch, "vitest.json");
  const isFine = await run(bin("vitest"), ["run", "--reporter=dot", "--reporter=json", `--outputFile.json=${report}`]);
  const { numPassedTests, numFailedTests } = JSON.parse(await readFile(report, "utf8"));
  // A file that does not even load has no tests to fail.
  return { passed: numPassedTests, failed: isFine ? numFailedTests : Math.max(1, numFailedTests) };
}

async function playwright(): Promise<Tally> {
  const report = path.join(scratch, "playwright.json");
  const isFine = await run(bin("playwright"), ["test"], { PLAYWRIGHT_JSON_OUTPUT_NAME: report });
  const { stats } = JSON.parse(await readFile(report, "utf8"));
  const failed = stats.unexpected + stats.flaky;
  return { passed: stats.expected, failed: isFine ? failed : Math.max(1, failed) };
}

await step("lint", async () => single(await run(bin("biome"), ["check", "."])));
await step("types", async () => single(await run(bin("tsc"), ["--noEmit"])));
await step("arrows", async () => {
  const problems = checkArrows();
  for (const problem of problems) console.error(`  ${problem}`);
  return single(problems.length === 0);
});
await step("unit and integration", vitest);
if (!values["no-storm"]) {
  // Another seed each time, which it prints.
  const storm = ["--import", "tsx", "storm/main.ts", "--minutes", "2"];
  await step("storm", async () => single(await run(process.execPath, storm)));
}
if (!values["no-browser"]) {
  // Their server builds the pages itself, if need be, as a newcomer's first start does.
  await step("browser journeys", playwright);
}

await rm(scratch, { recursive: true, force: true });
console.log(`\n${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed === 0 && total.passed > 0 ? 0 : 1);
