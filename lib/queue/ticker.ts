import { type Client, statement } from "@/db/client";
import { errorFields, log } from "@/lib/core/log";
import { admitNext } from "./admit-next";
import { drawLobby } from "./draw-lobby";
import { stopLines } from "./line";
import { TICK_MS } from "./rules";

const findBusy = statement<{ concert_id: string; is_drawing: boolean }>(
  "queue_find_busy",
  `select q.concert_id, q."order" = 'draw' and q.drawn_at is null and q.opens_at <= now() as is_drawing from queues q
   where q.last_number > q.served_through
      or exists (select 1 from queue_entries e where e.concert_id = q.concert_id and e.status = 'waiting' and e.deferred_to is not null)
      or (q."order" = 'draw' and q.drawn_at is null and q.opens_at <= now())
      or (q.draining_since is not null and q.drained_at is null)
      or exists (select 1 from queue_entries e where e.concert_id = q.concert_id and e.status = 'admitted')`,
);

/**
 * Admits, in every line that is busy, twice a second. Every process runs one; whichever takes a room's lock does the
 * work, so that any of them may die at any time. Holds the draws too. A database that is away is tried again at the next tick.
 */
export function startTicker(db: Client): { stop(): Promise<void> } {
  let stopped = false;
  let timer: NodeJS.Timeout;
  let failing = false;
  let running: Promise<void> = Promise.resolve();
  const draws = new Map<string, Promise<void>>();

  /** Beside the ticks, so that other lines move on while a large lobby is drawn. */
  const draw = async (concertId: string) => {
    try {
      if (await drawLobby(db, concertId, { isStopped: () => stopped })) await admitNext(db, concertId);
    } catch (error) {
      log("warn", "queue.draw-failed", { concertId, ...errorFields(error) });
    } finally {
      draws.delete(concertId);
    }
  };

  const tick = async () => {
    try {
      for (const { concert_id, is_drawing } of await findBusy(db, [])) {
        if (stopped) return;
        await admitNext(db, concert_id);
        if (is_drawing && !draws.has(concert_id)) draws.set(concert_id, draw(concert_id));
      }
      failing = false;
    } catch (error) {
      if (!failing) log("warn", "queue.tick-failed", errorFields(error));
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
      await Promise.all(draws.values());
      stopLines(db);
    },
  };
}
