import { oncePerProcess } from "@/lib/core/registry";

/** More calls than this at one time in one process could not be answered in time anyway. */
const MOST_IN_FLIGHT = 5000;

/** The event loop is behind by more than this: whatever comes in now waits at least as long. */
const MOST_DELAY_MS = 1500;

const TICK_MS = 250;

/** Watches how far behind the event loop is and how many calls are under way. */
class LoadWatch {
  inFlight = 0;
  #delayMs = 0;
  #expected = performance.now() + TICK_MS;

  constructor() {
    setInterval(() => {
      const now = performance.now();
      // Half of the old value stays: one long garbage collection is no overload, several ticks in a row are.
      this.#delayMs = this.#delayMs / 2 + Math.max(0, now - this.#expected) / 2;
      this.#expected = now + TICK_MS;
    }, TICK_MS).unref();
  }

  get isOverloaded(): boolean {
    return this.inFlight >= MOST_IN_FLIGHT || this.#delayMs > MOST_DELAY_MS;
  }
}

/** This process's watch; made with the first call. */
export const loadWatch = (): LoadWatch => oncePerProcess("api.load", () => new LoadWatch());
