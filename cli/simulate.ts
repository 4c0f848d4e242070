import { writeFile } from "node:fs/promises";
import { readArguments } from "./shared/arguments";
import { printResult, say } from "./shared/print";
import { runCommand, UsageFault } from "./shared/run";
import { curvesOf, report } from "./simulate/report";
import { ARRIVALS, type Scenario } from "./simulate/scenario";
import { percentile, simulate } from "./simulate/simulate";
import { svgOf } from "./simulate/svg";

const NAME = "simulate";

const HELP = `
npm run simulate -- --fans N --active N --rate N [--arrivals PATTERN] [options]

Plays a sale through in seconds, by the rules by which the waiting room really lets fans in, so that its limits can be
chosen before anybody comes. Prints a table and plots. Needs no database; the same seed gives the same sale.

  --fans N          how many come, up to 5,000,000
  --active N        the room's activeLimit: how many are inside at a time
  --rate N          the room's admissionsPerMinute
  --arrivals P      burst (half stand at the door when it opens, the rest ever fewer; the default),
                    poisson (at any time alike) or steady (evenly)
  --over MINUTES    the time over which they come; 10 if absent
  --seats N         seats for sale; as many as fans if absent
  --per-fan N       a buyer takes 1 to N seats; 4 if absent
  --shopping S      seconds that half of the fans need to choose and pay; 150 if absent
  --buyers P        per cent of those who claim their turn who buy; 80 if absent
  --ghosts P        per cent of the fans who never claim their turn; 5 if absent
  --patience M      minutes after which half of the fans have left the line; without it nobody leaves
  --session S       the room's sessionSeconds; 600 if absent
  --claim S         the room's claimSeconds; 120 if absent
  --seed N          another crowd of the same kind; 1 if absent
  --svg FILE        also draws the plots into a picture
  --json            prints one line of JSON instead of the table
  -h, --help        this text
`;

const TEXT = { type: "string" } as const;

type Values = Record<string, string | boolean | undefined>;

function amount(values: Values, name: string, [least, most]: [number, number], standard?: number): number {
  const text = values[name];
  if (text === undefined && standard !== undefined) return standard;
  const value = typeof text === "string" && /^\d{1,9}(\.\d{1,3})?$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw new UsageFault(`--${name} must be a number from ${least} to ${most.toLocaleString("en")}.`);
}

function scenarioOf(values: Values): Scenario {
  const whole = (name: string, range: [number, number], standard?: number) => {
    const value = amount(values, name, range, standard);
    if (!Number.isInteger(value)) throw new UsageFault(`--${name} must be a whole number.`);
    return value;
  };
  const arrivals = (values.arrivals ?? "burst") as Scenario["arrivals"];
  if (!ARRIVALS.includes(arrivals)) throw new UsageFault(`--arrivals knows ${ARRIVALS.join(", ")}.`);
  const fans = whole("fans", [1, 5_000_000]);
  return {
    fans,
    arrivals,
    overSeconds: amount(values, "over", [0.01, 1440], 10) * 60,
    activeLimit: whole("active", [0, 1_000_000]),
    admissionsPerMinute: whole("rate", [0, 6_000_000]),
    sessionSeconds: whole("session", [30, 86_400], 600),
    claimSeconds: whole("claim", [10, 3600], 120),
    seats: whole("seats", [1, 20_000_000], fans),
    perFan: whole("per-fan", [1, 100], 4),
    shoppingSeconds: amount(values, "shopping", [1, 86_400], 150),
    buyers: amount(values, "buyers", [0, 100], 80) / 100,
    ghosts: amount(values, "ghosts", [0, 100], 5) / 100,
    patienceSeconds: values.patience === undefined ? null : amount(values, "patience", [0.1, 1440]) * 60,
    seed: whole("seed", [0, 999_999_999], 1),
  };
}

async function main(): Promise<number> {
  const { values } = readArguments({
    help: HELP,
    options: {
      fans: TEXT,
      active: TEXT,
      rate: TEXT,
      arrivals: TEXT,
      over: TEXT,
      seats: TEXT,
      "per-fan": TEXT,
      shopping: TEXT,
      buyers: TEXT,
      ghosts: TEXT,
      patience: TEXT,
      session: TEXT,
      claim: TEXT,
      seed: TEXT,
      svg: TEXT,
      json: { type: "boolean" },
    },
  });
  const scenario = scenarioOf(values);
  const outcome = simulate(scenario);
  if (values.json) {
    const { waits, moments: _, waitByArrival: __, ...numbers } = outcome;
    const wait = { p50: percentile(waits, 0.5), p90: percentile(waits, 0.9), p99: percentile(waits, 0.99) };
    printResult({ scenario, ...numbers, wait });
  } else process.stdout.write(`${report(outcome, scenario)}\n`);
  if (values.svg !== undefined) {
    await writeFile(values.svg, svgOf(curvesOf(outcome, scenario.overSeconds)));
    say(`Drawn into ${values.svg}.`);
  }
  return 0;
}

await runCommand(NAME, main);
