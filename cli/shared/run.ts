import { isDatabaseAway, sqlState } from "@/db/errors";
import { EnvError } from "@/lib/core/env";
import { AppError } from "@/lib/core/errors";
import { StartFault } from "@/lib/core/start-fault";
import { say, sayRefusal } from "./print";

/** The command was called wrongly. */
export class UsageFault extends Error {
  override readonly name = "UsageFault";
}

/** SQLSTATE of a table that is not there. */
const UNDEFINED_TABLE = "42P01";

function explain(name: string, error: unknown): void {
  if (error instanceof UsageFault) say(`${error.message}\nnpm run ${name} -- --help says how it is used.`);
  else if (error instanceof StartFault || error instanceof EnvError) say(error.message);
  else if (error instanceof AppError) sayRefusal(name, error);
  else if (sqlState(error) === UNDEFINED_TABLE) say("The database has no tables yet, or old ones: npm run db:migrate");
  else if (isDatabaseAway(error)) say("The database went away; what was not reported as done was not done.");
  else say(`${name} failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
}

/**
 * Runs a command to its exit code: what `main` returns, or 1 with one clear line on stderr for whatever it throws (a
 * stack only for a defect).
 */
export async function runCommand(name: string, main: () => Promise<number>): Promise<void> {
  // Whoever reads our lines may have read enough (`| head -1`).
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
  try {
    process.exitCode = await main();
  } catch (error) {
    explain(name, error);
    process.exitCode = 1;
  }
}
