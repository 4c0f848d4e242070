import { type Curve, clock, plot } from "./plot";
import type { Scenario } from "./scenario";
import { type Outcome, percentile } from "./simulate";

const number = (value: number): string => Math.round(value).toLocaleString("en");
const percent = (share: number): string => `${(share * 100).toFixed(share > 0 && share < 0.1 ? 1 : 0)} %`;
const time = (seconds: number | null): string => (seconds === null ? "–" : clock(seconds));

/** What held the line back, and what would help. */
function advice({ heldBy, soldOutAt }: Outcome, { activeLimit, admissionsPerMinute }: Scenario): string {
  if (heldBy.rate + heldBy.active === 0) return "Nobody had to wait.";
  const [most, limit] =
    heldBy.active > heldBy.rate
      ? [heldBy.active, `the active limit (${number(activeLimit)} inside at a time)`]
      : [heldBy.rate, `the admission rate (${number(admissionsPerMinute)} a minute)`];
  const end = soldOutAt === null ? "" : " Once the seats are sold nothing shortens the wait of the rest.";
  return `While fans waited, ${limit} held them back ${percent(most)} of the time.${end}`;
}

/** The rows of the table. */
export function rowsOf(outcome: Outcome, { fans, seats }: Scenario): [string, string][] {
  const { waits } = outcome;
  const shareOf = (count: number) => `${number(count)} (${percent(fans > 0 ? count / fans : 0)})`;
  return [
    ["fans", number(fans)],
    ["got a turn", shareOf(outcome.admitted)],
    ["bought", `${shareOf(outcome.bought)}, ${number(outcome.seatsSold)} of ${number(seats)} seats`],
    ["left the line", shareOf(outcome.abandoned)],
    ["too late", shareOf(outcome.tooLate)],
    ["wait p50", time(percentile(waits, 0.5))],
    ["wait p90", time(percentile(waits, 0.9))],
    ["wait p99", time(percentile(waits, 0.99))],
    ["longest wait", time(percentile(waits, 1))],
    ["longest line", number(outcome.peakWaiting)],
    ["sold out after", outcome.soldOutAt === null ? "not sold out" : time(outcome.soldOutAt)],
    ["over after", time(outcome.endedAt)],
    ["unclaimed turns", `${number(outcome.ghosts)}, ${percent(outcome.ghostShare)} of the places inside`],
    ["ran out of time", number(outcome.ranOut)],
  ];
}

/** Waits by the time of coming, and the line over time. */
export function curvesOf({ waitByArrival, moments, endedAt }: Outcome, lastArrival: number): Curve[] {
  return [
    {
      title: "mean wait, by when a fan came",
      points: waitByArrival.flatMap((wait, part) =>
        wait === null ? [] : [{ x: ((part + 0.5) / waitByArrival.length) * lastArrival, y: wait }],
      ),
      until: lastArrival,
      say: clock,
    },
    {
      title: "fans in line, over time",
      points: moments.map(({ at, waiting }) => ({ x: at, y: waiting })),
      until: endedAt,
      say: number,
    },
  ];
}

/** The whole report for a terminal. */
export function report(outcome: Outcome, scenario: Scenario): string {
  const rows = rowsOf(outcome, scenario);
  const width = Math.max(...rows.map(([name]) => name.length));
  const table = rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`);
  const curves = curvesOf(outcome, scenario.overSeconds).filter(({ points }) => points.some(({ y }) => y > 0));
  return [...table, "", advice(outcome, scenario), ...curves.flatMap((curve) => ["", ...plot(curve)])].join("\n");
}
