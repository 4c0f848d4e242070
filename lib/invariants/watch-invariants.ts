import { type Client, type Db, statement } from "@/db/client";
import { errorFields, log } from "@/lib/core/log";
import { gauge } from "@/lib/core/metrics";
import { INVARIANTS } from "./all";
import { checkInvariants, type Finding } from "./check-invariants";

/** How often each process looks whether a check is due: reading one row. */
const LOOK_MS = 5000;
/** From the start of one check to the next; with looking and checking, what breaks is known within a minute. */
const EVERY_S = 50;
/** A long check is made less often: it may use this share of one core. */
const SHARE = 1 / 12;
/** No single invariant may take longer. */
const SECONDS_EACH = 30;
/** How many offenders a log line names. */
const NAMED = 5;

const know = statement<never>(
  "invariants_know",
  "insert into invariant_checks (name, due_at) values ('all', now()) on conflict (name) do nothing",
);

// Whoever moves it on makes the check; should that process die, another one takes over when it is due again.
const claim = statement<{ name: string }>(
  "invariants_claim",
  `update invariant_checks set due_at = now() + greatest(make_interval(secs => $1), make_interval(secs => coalesce(took_ms, 0) * 0.003))
   where name = 'all' and due_at <= now() returning name`,
);

const keep = statement<never>(
  "invariants_keep",
  `update invariant_checks set checked_at = now(), took_ms = $1, broken = coalesce($2::jsonb, broken), due_at = now() + make_interval(secs => $3)
   where name = 'all'`,
);

const read = statement<{ checked_at: Date | null; took_ms: number | null; broken: Record<string, number> }>(
  "invariants_read",
  "select checked_at, took_ms, broken from invariant_checks where name = 'all'",
);

/**
 * Checks every invariant if it is due and no other process is at it; null if there was nothing to do. What is broken
 * is written to the log, a line each, and kept for the metrics of all processes.
 */
export async function checkIfDue(db: Client, options: { signal?: AbortSignal } = {}): Promise<Finding[] | null> {
  const [mine] = await claim(db, [EVERY_S]);
  if (!mine) return null;
  const from = performance.now();
  const next = () => {
    const tookMs = Math.round(performance.now() - from);
    return [tookMs, Math.max(EVERY_S - tookMs / 1000, tookMs / SHARE / 1000)] as const;
  };
  try {
    const findings = await checkInvariants(db, { secondsEach: SECONDS_EACH, ...options });
    const broken = findings.filter((finding) => finding.broken > 0);
    for (const { name, says, broken: rows, offenders } of broken) {
      log("error", "invariants.broken", { invariant: name, says, rows, offenders: offenders.slice(0, NAMED) });
    }
    const [tookMs, wait] = next();
    const counts = Object.fromEntries(broken.map((finding) => [finding.name, finding.broken]));
    await keep(db, [tookMs, JSON.stringify(counts), wait]);
    return findings;
  } catch (error) {
    const [tookMs, wait] = next();
    await keep(db, [tookMs, null, wait]).catch(() => {});
    throw error;
  }
}

/** Checks the invariants beside everything else, one process at a time, about once a minute, until `stop`. */
export function watchInvariants(db: Client): { stop(): Promise<void> } {
  registerMetrics(db);
  const stopping = new AbortController();
  let isKnown = false;
  let failing = false;
  let running: Promise<unknown> = Promise.resolve();
  const look = async () => {
    try {
      if (!isKnown) await know(db, []);
      isKnown = true;
      await checkIfDue(db, { signal: stopping.signal });
      failing = false;
    } catch (error) {
      if (!failing && !stopping.signal.aborted) log("warn", "invariants.not-checked", errorFields(error));
      failing = true;
    }
  };
  let timer: NodeJS.Timeout;
  const schedule = () => {
    timer = setTimeout(() => {
      running = look().then(() => {
        if (!stopping.signal.aborted) schedule();
      });
    }, LOOK_MS).unref();
  };
  schedule();
  return {
    async stop() {
      stopping.abort();
      clearTimeout(timer);
      await running;
    },
  };
}

/** The last check's outcome, whichever process made it. */
function registerMetrics(db: Db): void {
  const last = async () => (await read(db, []))[0];
  gauge("frontrow_invariant_broken_rows", "Rows that break an invariant, at the last check.", async () => {
    const broken = (await last())?.broken ?? {};
    return INVARIANTS.map(({ name }) => ({ labels: { invariant: name }, value: broken[name] ?? 0 }));
  });
  gauge("frontrow_invariants_checked_timestamp_seconds", "When the invariants were last checked.", async () => {
    const at = (await last())?.checked_at;
    return at ? at.getTime() / 1000 : [];
  });
  gauge("frontrow_invariants_check_seconds", "How long the last check of the invariants took.", async () => {
    const tookMs = (await last())?.took_ms ?? null;
    return tookMs === null ? [] : tookMs / 1000;
  });
}
