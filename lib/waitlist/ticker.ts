import { type Client, statement } from "@/db/client";
import { errorFields, log } from "@/lib/core/log";
import { offerReturned } from "./offer-returned";

const TICK_MS = 1000;

/** Lists that nobody has looked at for a moment, so that ten processes look as often as one. */
const findDue = statement<{ concert_id: string; performance_id: string }>(
  "waitlist_find_due",
  `select concert_id, performance_id from waitlists
   where is_live and checked_at <= now() - interval '${TICK_MS * 0.9} milliseconds'`,
);

/**
 * Looks at every live waitlist once a second. Every process runs one; whichever takes a list's lock does the work, so
 * that any of them may die at any time. A database that is away is tried again at the next tick.
 */
export function startWaitlists(db: Client): { stop(): Promise<void> } {
  let stopped = false;
  let timer: NodeJS.Timeout;
  let failing = false;
  let running: Promise<void> = Promise.resolve();

  const tick = async () => {
    try {
      for (const { concert_id, performance_id } of await findDue(db, [])) {
        if (stopped) return;
        await offerReturned(db, { concertId: concert_id, performanceId: performance_id });
      }
      failing = false;
    } catch (error) {
      if (!failing) log("warn", "waitlist.tick-failed", errorFields(error));
      failing = true;
    }
  };
  const schedule = () => {
    timer = setTimeout(() => {
      running = tick().then(() => {
        if (!stopped) schedule();
      });
    }, TICK_MS);
  };
  schedule();

  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
