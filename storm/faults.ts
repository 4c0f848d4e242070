import { pause } from "@/db/embedded-processes";
import type { SmallDisk } from "./disk";
import { FAULT_KINDS, type Fault, type FaultKind } from "./plan";
import type { StormPostgres } from "./postgres";
import type { StormServer } from "./servers";

export type Stage = { postgres: StormPostgres; servers: readonly [StormServer, StormServer]; disk: SmallDisk | null };

export type Faults = {
  /** How many of each kind were done. */
  done: Record<FaultKind, number>;
  /** Settles when the last one is over. */
  over: Promise<void>;
};

/** After one of these nothing may work for a while. */
const SEVERE: FaultKind[] = [
  "kill a server",
  "kill PostgreSQL",
  "exhaust connections",
  "fill the disk",
  "freeze a server",
];
/** So many calls must have been done since the last severe fault before the next one, or so much time be over (ms). */
const CALLS_BETWEEN = 20;
const PATIENCE_MS = 6000;

/**
 * Lets the planned faults come over the stage, each in its time; no new one after `isOver`. `callsDone`: how many calls were
 * answered well so far. A slow machine gets its breath back between the severe ones: faults that meet nothing but
 * failing calls prove nothing.
 */
export function unleash(
  stage: Stage,
  plan: Fault[],
  { isOver, callsDone }: { isOver: () => boolean; callsDone: () => number },
): Faults {
  const done = Object.fromEntries(FAULT_KINDS.map((kind) => [kind, 0])) as Record<FaultKind, number>;
  const from = performance.now();
  let doneAtLast = 0;
  const one = async (fault: Fault) => {
    await pause(Math.max(0, fault.at - (performance.now() - from)));
    if (SEVERE.includes(fault.kind)) {
      const latest = performance.now() + PATIENCE_MS;
      while (callsDone() < doneAtLast + CALLS_BETWEEN && performance.now() < latest && !isOver()) await pause(50);
      doneAtLast = callsDone();
    }
    if (isOver()) return;
    if (await befall(stage, fault)) done[fault.kind] += 1;
  };
  // Faults of one kind come one after the other; different ones meet as they like.
  const chains = FAULT_KINDS.map(async (kind) => {
    for (const fault of plan) if (fault.kind === kind) await one(fault);
  });
  return { done, over: Promise.all(chains).then(() => {}) };
}

async function befall({ postgres, servers, disk }: Stage, fault: Fault): Promise<boolean> {
  const server = servers[fault.server];
  const { share, way, after, lastsMs } = fault;
  switch (fault.kind) {
    case "kill a server":
      await server.kill(fault);
      return true;
    case "kill PostgreSQL":
      await postgres.kill();
      return true;
    case "terminate backends":
      return await postgres.terminate(share);
    case "cut fans' connections":
      server.proxy.cut(share, { way, after });
      return true;
    case "cut the database's connections":
      postgres.proxy.cut(share, { way, after });
      return true;
    case "lose answers":
      server.proxy.cut(share, { way: "back", after: 0 });
      return true;
    case "lose results":
      postgres.proxy.cut(share, { way: "back", after: 0 });
      return true;
    case "exhaust connections":
      return await postgres.exhaust(lastsMs);
    case "fill the disk":
      await disk?.fill(lastsMs);
      return disk !== null;
    case "freeze a server":
      await server.freeze(lastsMs);
      return true;
  }
}
