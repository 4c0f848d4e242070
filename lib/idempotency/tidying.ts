import type { Db } from "@/db/client";
import { errorFields, log } from "@/lib/core/log";
import { forgetOldKeys } from "./forget-old-keys";

const EVERY_MS = 10 * 60_000;
const STEP = 1000;
const BETWEEN_STEPS_MS = 200;

/** Clears away answers that are past their 24 hours, every ten minutes and in small steps, until `stop`. */
export function startTidying(db: Db): { stop(): void } {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const later = (ms: number) => {
    if (!stopped) timer = setTimeout(step, ms).unref();
  };
  const step = async () => {
    try {
      later((await forgetOldKeys(db, STEP)) === STEP ? BETWEEN_STEPS_MS : EVERY_MS);
    } catch (error) {
      log("warn", "idempotency.not-tidied", errorFields(error));
      later(EVERY_MS);
    }
  };
  // Processes that started together need not tidy together.
  later(EVERY_MS * Math.random());
  return {
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
