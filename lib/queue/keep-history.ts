import type { Client } from "@/db/client";
import { errorFields, log } from "@/lib/core/log";
import { foldHistory } from "./fold-history";
import { foldQueue } from "./fold-queue";
import { recordGauges } from "./record-gauges";
import { tidyDoor } from "./tidy-door";

/** Twice in each ten seconds of the history, so that none is missed. */
const GAUGES_EVERY_MS = 5000;
const FOLD_EVERY_MS = 10 * 60_000;
const BETWEEN_STEPS_MS = 200;

/** Does a piece of work again and again, as long after each time as it says. */
function again(name: string, first: number, work: () => Promise<number>): { stop(): Promise<void> } {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  const later = (ms: number) => {
    if (!stopped) timer = setTimeout(() => (running = step()), ms).unref();
  };
  const step = async () => {
    try {
      later(await work());
    } catch (error) {
      log("warn", name, errorFields(error));
      later(FOLD_EVERY_MS / 10);
    }
  };
  later(first);
  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}

/**
 * Keeps every room's history while the process runs: gauges as they go, old rows folded into longer ones, ended queues
 * folded into what is kept of them, what the door has counted forgotten, all in small steps.
 */
export function startHistory(db: Client): { stop(): Promise<void> } {
  const loops = [
    again("queue.gauges-not-recorded", GAUGES_EVERY_MS, async () => {
      await recordGauges(db);
      return GAUGES_EVERY_MS;
    }),
    // Processes that started together need not fold together.
    again("queue.not-folded", FOLD_EVERY_MS * Math.random(), async () => {
      const folded = (await foldHistory(db)) + (await foldQueue(db)) + (await tidyDoor(db));
      return folded > 0 ? BETWEEN_STEPS_MS : FOLD_EVERY_MS;
    }),
  ];
  return {
    async stop() {
      await Promise.all(loops.map((loop) => loop.stop()));
    },
  };
}
