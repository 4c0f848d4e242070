import { say } from "@/cli/shared/print";
import type { Cost } from "./cpu";
import { type Figure, perSecond } from "./figure";
import type { Load } from "./load/job";

export const ROUNDS = 3;

export type Findings = { figures: Figure[]; notes: string[] };

export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  if (sorted.length === 0) return Number.NaN;
  if (sorted.length % 2 === 1) return sorted[middle] as number;
  return ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}

/**
 * The answers of the wanted status per second. A busy server may tell some to come back (503): they are not counted as
 * work done. Throws if there is anything else.
 */
export function rateOf(load: Load, status: number): number {
  const { [status]: done = 0, 503: _, ...others } = load.statuses;
  if (done === 0 || Object.keys(others).length > 0) {
    throw new Error(`Expected ${status} alone, got ${JSON.stringify(load.statuses)}; first answer:\n${load.sample}`);
  }
  return done / load.seconds;
}

/** What else there is to say of a run. */
export function manners(load: Load): string {
  const refused = load.statuses[503] ? ` · ${load.statuses[503]} told to come back (503)` : "";
  return `99 % within ${inMs(load.p99)}${refused}`;
}

/** Whether the database has done what was answered; a call that was given up with 503 may have been done as well. */
export function isBorneOut(found: number | undefined, answered: number, load?: Load): boolean {
  return found !== undefined && found >= answered && found <= answered + (load?.statuses[503] ?? 0);
}

/** Tells a run's rate on stderr and gives it back. */
export function told(what: string, round: number, rate: number, extra = ""): number {
  const which = round === 0 ? "warm-up" : `round ${round}`;
  say(`  ${what}, ${which}: ${perSecond(rate)}${extra && ` · ${extra}`}`);
  return rate;
}

/** The medians of what pieces of work cost, in words. */
export function costInWords(costs: Cost[]): string {
  const server = Math.round(median(costs.map((cost) => cost.server)));
  const known = costs.map((cost) => cost.postgres).filter((postgres) => postgres !== null);
  const postgres = known.length === 0 ? "an unknown time" : `${Math.round(median(known))} µs`;
  return `${server} µs in the server process and ${postgres} in PostgreSQL`;
}

export const inMs = (ms: number): string => `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;

/**
 * Runs the contenders in turns, a warm-up round (0) first, the order reversed from round to round, so that a machine
 * that slows down or speeds up does so for all of them. Gives each one's rates without the warm-up; none for a contender
 * that is null.
 */
export async function inTurns<Name extends string>(
  contenders: Record<Name, ((round: number) => Promise<number>) | null>,
  rounds = ROUNDS,
): Promise<Record<Name, number[]>> {
  const names = Object.keys(contenders) as Name[];
  const rates = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Name, number[]>;
  for (let round = 0; round <= rounds; round += 1) {
    for (const name of round % 2 === 0 ? names : [...names].reverse()) {
      const rate = await contenders[name]?.(round);
      if (rate !== undefined && round > 0) rates[name].push(rate);
    }
  }
  return rates;
}
