import { checkInvariants, type Finding } from "@/lib/invariants/check-invariants";
import { readArguments } from "./shared/arguments";
import { withDatabase } from "./shared/database";
import { runCommand } from "./shared/run";

const NAME = "verify";

const HELP = `
npm run verify -- [--json]

Checks on a live database what must always hold of seats, money, tickets and lines, and names whatever breaks it. It
reads one snapshot, changes nothing and locks nothing, so it may run while the sale does.

  --json       one JSON object on stdout: { "broken", "tookMs", "invariants": [{ "name", "says", "broken", "offenders" }] }
  -h, --help   this text

DATABASE_URL names the database; without it, the embedded one in DATA_DIR (.data), also while the server runs.
Ends with 0 if everything holds, else with 1.
`;

const rows = (count: number): string => (count === 1 ? "1 row" : `${count.toLocaleString("en")} rows`);

/** The findings as lines for people: one per invariant, the offenders below it. */
function* linesOf(findings: Finding[]): Generator<string> {
  const width = Math.max(...findings.map(({ name }) => name.length));
  for (const { name, says, broken, offenders } of findings) {
    yield `${broken === 0 ? "holds " : "BROKEN"}  ${name.padEnd(width)}  ${says}`;
    for (const { id, why } of offenders) yield `          ${id}: ${why}`;
    if (broken > offenders.length) yield `          … ${rows(broken)} in all`;
  }
}

async function main(): Promise<number> {
  const { values } = readArguments({ help: HELP, options: { json: { type: "boolean" } } });
  return await withDatabase(NAME, async (db) => {
    const from = performance.now();
    const invariants = await checkInvariants(db);
    const tookMs = Math.round(performance.now() - from);
    const broken = invariants.filter((finding) => finding.broken > 0).length;
    if (values.json) process.stdout.write(`${JSON.stringify({ broken, tookMs, invariants })}\n`);
    else {
      for (const line of linesOf(invariants)) process.stdout.write(`${line}\n`);
      const verdict = broken === 0 ? "all of them hold" : `${broken} BROKEN`;
      process.stdout.write(`${invariants.length} invariants, ${verdict}, ${(tookMs / 1000).toFixed(1)} s\n`);
    }
    return broken === 0 ? 0 : 1;
  });
}

await runCommand(NAME, main);
