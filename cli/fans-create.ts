import { readEnv } from "@/lib/core/env";
import { StartFault } from "@/lib/core/start-fault";
import { BALANCE_LIMIT } from "@/lib/wallet/rules";
import { makeFans } from "./fans/make-fans";
import { readArguments } from "./shared/arguments";
import { withDatabase } from "./shared/database";
import { say } from "./shared/print";
import { Progress } from "./shared/progress";
import { runCommand, UsageFault } from "./shared/run";

const COUNT_MAX = 1_000_000;

const HELP = `
npm run fans:create -- --count N [--balance B] [--yes]

Makes N fans for load tests, without passwords, and prints a line of JSON for each:
  {"userId","email","token","balance"}
The token is for Authorization: Bearer and lasts 30 days.

  --count N     how many, 1 to ${COUNT_MAX}
  --balance B   won in each wallet, 0 to ${BALANCE_LIMIT}; 0 if absent
  --yes         also in a database that is not the embedded one (DATABASE_URL)
  --help        this text
`;

function wholeNumber(option: string, text: string | undefined, min: number, max: number): number {
  const number = text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= min && number <= max) return number;
  throw new UsageFault(`--${option} must be a whole number from ${min} to ${max}.`);
}

/** Writes to stdout at the reader's pace; false once nobody reads any more. */
const deliver = (text: string): Promise<boolean> =>
  new Promise((resolve) => {
    if (process.stdout.destroyed) resolve(false);
    else process.stdout.write(text, (error) => resolve(!error));
  });

async function main(): Promise<number> {
  const { values } = readArguments({
    help: HELP,
    options: { count: { type: "string" }, balance: { type: "string" }, yes: { type: "boolean" } },
  });
  const count = wholeNumber("count", values.count, 1, COUNT_MAX);
  const balance = wholeNumber("balance", values.balance ?? "0", 0, BALANCE_LIMIT);
  return await withDatabase("fans:create", async (db, { embedded }) => {
    if (!embedded && !values.yes) {
      throw new UsageFault("DATABASE_URL names a database of its own: add --yes if load-test fans belong in it.");
    }
    if (!readEnv().authSecret) throw new StartFault("AUTH_SECRET is not set; no server would know these fans' tokens.");
    const progress = new Progress("fans");
    let made = 0;
    try {
      for await (const fans of makeFans(db, { count, balance })) {
        made += fans.length;
        progress.update("Making fans", made, count);
        if (!(await deliver(fans.map((fan) => `${JSON.stringify(fan)}\n`).join("")))) break;
      }
    } finally {
      progress.stop();
    }
    if (made < count) say(`Stopped after ${made} of ${count} fans: nobody reads the output any more.`);
    return 0;
  });
}

await runCommand("fans:create", main);
