import { createHash } from "node:crypto";
import { between, pick, randomOf } from "./random";

/** The kinds of faults, in words. */
export const FAULTS = {
  "kill a server": "kill -9 of a server process, then a new one, its clock put wrong by up to a day",
  "kill PostgreSQL": "kill -9 of the postmaster, then a restart",
  "terminate backends": "pg_terminate_backend on some of the servers' sessions",
  "cut fans' connections": "reset between fans and a server, in the middle of a request or an answer",
  "cut the database's connections": "reset between a server and PostgreSQL, in the middle of a statement or its result",
  "lose answers": "a request arrives, its answer does not (between fans and a server)",
  "lose results": "a statement (a commit, too) arrives, its result does not (between a server and PostgreSQL)",
  "exhaust connections": "every connection of PostgreSQL taken and the lines locked, for up to two seconds",
  "fill the disk": "no room for PostgreSQL's files, for up to a second and a half",
  "freeze a server": "SIGSTOP for up to two seconds",
} as const;
export type FaultKind = keyof typeof FAULTS;
export const FAULT_KINDS = Object.keys(FAULTS) as FaultKind[];

/** One fault to come; which of its numbers mean something depends on its kind. */
export type Fault = {
  /** Milliseconds after the storm's beginning. */
  at: number;
  kind: FaultKind;
  /** Which of the two servers. */
  server: 0 | 1;
  /** Whether the way there or the way back is cut. */
  way: "there" | "back";
  /** How many bytes still pass. */
  after: number;
  /** The share of connections, or of sessions, that it meets. */
  share: number;
  lastsMs: number;
  /** How wrong the clock of the next server process is. */
  skewMs: number;
  /** How many connections to PostgreSQL it may have. */
  pool: number;
};

/** Each kind comes once in about this time, so that 20 minutes have more than 100 of each, wrong clocks included. */
const EVERY_MS = 9000;
/** Time to get under way before the first one. */
const CALM_MS = 3000;

const MINUTE = 60_000;
const SKEWS = [0, 1500, -1500, 7 * MINUTE, -7 * MINUTE, 60 * MINUTE, -60 * MINUTE, 1440 * MINUTE, -1440 * MINUTE];
const POOLS = [12, 12, 12, 12, 12, 12, 4, 2, 1];

/** The faults of a storm, in order; the same for the same seed and length. */
export function planFaults(seed: number, ms: number, kinds: readonly FaultKind[] = FAULT_KINDS): Fault[] {
  const faults = kinds.flatMap((kind) => {
    const random = randomOf(seed, "faults", kind);
    const ofKind: Fault[] = [];
    for (let at = CALM_MS + random() * EVERY_MS; at < ms; at += EVERY_MS * (0.7 + 0.6 * random())) {
      ofKind.push({
        at: Math.round(at),
        kind,
        server: random() < 0.5 ? 0 : 1,
        way: random() < 0.5 ? "there" : "back",
        after: between(random, 1, 400),
        share: 0.1 + 0.4 * random(),
        lastsMs: between(random, 500, kind === "fill the disk" ? 1500 : 2000),
        skewMs: pick(random, SKEWS),
        pool: pick(random, POOLS),
      });
    }
    return ofKind;
  });
  return faults.sort((one, other) => one.at - other.at || one.kind.localeCompare(other.kind));
}

/** A short name for a plan, to see whether two runs had the same. */
export const nameOf = (faults: Fault[]): string =>
  createHash("sha256").update(JSON.stringify(faults)).digest("hex").slice(0, 8);
