import { pause } from "@/db/embedded-processes";
import type { Caller } from "./call";
import { type CallLog, type Intent, isCertain } from "./log";

/** How often one call is asked again, for a minute or more, before it counts as never answered. */
const TRIES = 240;
const TOGETHER = 20;

export type Replayed = {
  /** Intents that nobody knew the end of. */
  unknown: number;
  /** Of them, those that turned out to be done, before or now. */
  done: number;
  refused: number;
  /** Certain answers that were asked for again, to be heard byte for byte. */
  again: number;
};

/**
 * Asks for the end of whatever is still unknown, with its key, of servers that nothing befalls any more; and for some
 * of what is known, which must sound the same. `bearers`: the fans' tokens.
 */
export async function replay(caller: Caller, log: CallLog, bearers: string[], organizer: string): Promise<Replayed> {
  const replayed = { unknown: 0, done: 0, refused: 0, again: 0 };
  const ask = async (intent: Intent) => {
    const { fan, what, method, path, body, queueToken, key } = intent;
    for (let tries = 0; tries < TRIES; tries += 1) {
      const call = { fan, what, method, path, body, queueToken, key, bearer: bearers[fan], server: tries % 2 };
      const answer = await caller.call(call);
      // Nothing is under way any more, so this is the end of it, whatever it is.
      if (answer.outcome !== "unknown") {
        intent.wasUnknown = false;
        log.settle(intent, answer);
        return;
      }
      await pause(250);
    }
    log.accuse(`key ${key} (${what}) has no answer long after the storm`);
  };
  const intents = [...log.intents.values()];
  const unknown = intents.filter((intent) => !isCertain(intent));
  await inTurns(unknown, async (intent) => {
    await ask(intent);
    if (intent.final) replayed[intent.final.outcome === "ok" ? "done" : "refused"] += 1;
  });
  replayed.unknown = unknown.length;

  const known = intents.filter((intent) => intent.final?.outcome === "ok" && !unknown.includes(intent));
  const some = known.filter((_, at) => at % Math.ceil(known.length / 500) === 0);
  await inTurns(some, ask);
  replayed.again = some.length;

  await inTurns(
    [...log.givenUp].filter(([, { outcome }]) => outcome === "unknown"),
    async ([, givenUp]) => {
      const { fan, path } = givenUp;
      for (let tries = 0; tries < TRIES && givenUp.outcome === "unknown"; tries += 1) {
        const call = { fan, path, what: "give up", bearer: bearers[fan], server: tries % 2 } as const;
        const { outcome, status } = await caller.call({ ...call, method: "DELETE" });
        // Refused also where the first call did it.
        const { body } =
          outcome === "refused" && status === 409 ? await caller.call({ ...call, method: "GET" }) : { body: null };
        if (body && ["refunded", "cancelled"].includes(body.status)) givenUp.outcome = "ok";
        else if (body || outcome === "ok") givenUp.outcome = outcome;
        else await pause(250);
      }
    },
  );
  await inTurns(
    [...log.checkIns].filter(([, { unknown, done }]) => unknown && done === 0),
    async ([, checkIn]) => {
      const call = { fan: -1, what: "check in", method: "POST", path: "/admin/check-ins", bearer: organizer } as const;
      for (let tries = 0; tries < TRIES; tries += 1) {
        const { outcome, code } = await caller.call({ ...call, body: { code: checkIn.code }, server: tries % 2 });
        if (outcome === "ok" || code === "already_checked_in") checkIn.done = 1;
        if (outcome !== "unknown") return;
        await pause(250);
      }
    },
  );
  return replayed;
}

/** Twenty at a time. */
async function inTurns<T>(items: T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = [...items];
  const hand = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: TOGETHER }, hand));
}
