import { performance } from "node:perf_hooks";
import { oncePerProcess } from "./registry";

const MEASURED_EVERY_MS = 500;
/** Up to here a process answers as fast as an idle one. */
const BUSY = 0.7;
/** How much longer than usual clients may be asked to wait at most. */
const MOST_STRETCH = 5;

/** Milliseconds by which the event loop was late, and the share of time (0 to 1) in which it had work. */
export type Measure = { utilization: number; delayMs: number };

/** How much longer than usual clients should wait between calls: 1 while there is room, up to 5. */
export function stretchOf(before: number, { utilization, delayMs }: Measure): number {
  const now = 1 + (Math.max(0, utilization - BUSY) / (1 - BUSY)) * 3 + delayMs / 100;
  // Half of the old value stays: one long garbage collection is no load, a second of work is.
  return Math.min(MOST_STRETCH, Math.max(1, (before + now) / 2));
}

/** Watches how busy this process's event loop is, twice a second. */
class ProcessLoad {
  stretch = 1;
  #last = performance.eventLoopUtilization();
  #expected = performance.now() + MEASURED_EVERY_MS;

  constructor() {
    setInterval(() => {
      const now = performance.now();
      const last = performance.eventLoopUtilization();
      const { utilization } = performance.eventLoopUtilization(last, this.#last);
      this.stretch = stretchOf(this.stretch, { utilization, delayMs: Math.max(0, now - this.#expected) });
      this.#last = last;
      this.#expected = now + MEASURED_EVERY_MS;
    }, MEASURED_EVERY_MS).unref();
  }
}

/** This process's load; measured from the first call on. */
export const processLoad = (): ProcessLoad => oncePerProcess("core.load", () => new ProcessLoad());
