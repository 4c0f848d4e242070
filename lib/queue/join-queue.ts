import type { Client } from "@/db/client";
import { asciiJson } from "@/lib/core/ascii-json";
import { Batcher } from "@/lib/core/batcher";
import { oncePerProcess } from "@/lib/core/registry";
import { type Joining, tallyPlaces, untallied } from "./check-door";
import { drawIdOf } from "./draw-id";
import { type Entered, enterLine } from "./enter-line";
import type { Entry } from "./entry";
import { queueClosed } from "./errors";
import { joinUnderLock } from "./join-under-lock";
import { getLine, type Line } from "./line";
import { lookAtEntries } from "./look-at-entries";
import { checkProof } from "./proof-of-work";
import type { QueueView } from "./schema";
import { tokenOf, viewOf, waitingMembers } from "./view";

/** Joins that may wait in one process before the next one is told to come back: 50,000 are about five seconds' worth. */
const MOST_WAITING = 50_000;
const BATCH = 2000;

type Joined = { created: boolean; entry: Entry; line: Line };

/** Who wants to join which line. `address` is what limits per address count by, `proof` the proof of work, if any. */
export type Asking = { concertId: string; userId: string; address?: string | null; proof?: string | undefined };

/**
 * Puts a fan at the end of a concert's line, or finds the place that the fan has already. Joins of one process that
 * arrive together share one durable transaction; numbers follow the order of commits, also across processes.
 * Throws `queue_closed`, `not_found`, `unavailable`, and `rate_limited`, with a `challenge` where work helps.
 */
export async function joinQueue(db: Client, asking: Asking): Promise<{ created: boolean; view: QueueView }> {
  const { created, entry, line } = await place(db, asking);
  return { created, view: joinedView(line, entry) };
}

/** The same with its answer as bytes; for whoever waits from now on, which is nearly everybody, serialised by hand. */
export async function joinBytes(db: Client, asking: Asking): Promise<{ created: boolean; bytes: string }> {
  const { created, entry, line } = await place(db, asking);
  const { number, status, deferredTo } = entry;
  const isPlain = status === "waiting" && number !== null && deferredTo === null && !isDrawn(line, number);
  if (!isPlain) return { created, bytes: asciiJson(joinedView(line, entry)) };
  return {
    created,
    bytes: `{"token":"${tokenOf(line.concertId, entry)}",${waitingMembers(line, number, entry.enteredAt)}`,
  };
}

function place(db: Client, { concertId, userId, address = null, proof }: Asking): Promise<Joined> {
  const proven = proof ? checkProof(proof, { concertId, userId }) : null;
  return batcherOf(db, concertId).add({ userId, address, proof: proven });
}

/** Whether a number is the draw's to give, or will be. */
const isDrawn = (line: Line, number: number | null): boolean =>
  line.order === "draw" && (number === null || number <= line.drawnThrough);

function joinedView(line: Line, entry: Entry): QueueView {
  const view: QueueView = { token: tokenOf(line.concertId, entry), ...viewOf(line, entry) };
  if (isDrawn(line, entry.number)) view.drawId = drawIdOf(entry.id);
  return view;
}

const batchers = () =>
  oncePerProcess("queue.joins", () => new WeakMap<object, Map<string, Batcher<Joining, Joined>>>());

function batcherOf(db: Client, concertId: string): Batcher<Joining, Joined> {
  const known = batchers().get(db)?.get(concertId);
  if (known) return known;
  const ofDb = batchers().get(db) ?? new Map<string, Batcher<Joining, Joined>>();
  batchers().set(db, ofDb);
  const made = new Batcher<Joining, Joined>((fans) => joinTogether(db, concertId, fans), {
    batch: BATCH,
    waiting: MOST_WAITING,
  });
  ofDb.set(concertId, made);
  return made;
}

async function joinTogether(db: Client, concertId: string, fans: Joining[]): Promise<(Joined | Error)[]> {
  const distinct = new Map<string, Joining>();
  for (const fan of fans) if (fan.proof || !distinct.has(fan.userId)) distinct.set(fan.userId, fan);
  const entered = await enterOrdinary(db, concertId, [...distinct.values()]);
  if (entered) lookAtEntries(db, concertId, entered.fresh.size);
  const rest = [...distinct.values()].filter(
    ({ userId }) => !entered?.fresh.has(userId) && !entered?.known.has(userId),
  );
  const more = rest.length > 0 ? await joinUnderLock(db, concertId, rest) : null;
  const line = await getLine(db, concertId);
  for (const one of [entered, more]) if (one) line.note(one);
  // Of two joins by one fan in one batch, the first is the one that made the place.
  const answered = new Set<string>();
  return fans.map(({ userId }) => {
    const made = entered?.fresh.get(userId) ?? more?.fresh.get(userId);
    const entry = made ?? entered?.known.get(userId) ?? more?.known.get(userId);
    if (!entry) return more?.refused.get(userId) ?? queueClosed();
    if (entry.number !== null) line.note({ lastNumber: entry.number });
    const created = made !== undefined && !answered.has(userId);
    answered.add(userId);
    return { created, entry, line };
  });
}

async function enterOrdinary(db: Client, concertId: string, fans: Joining[]): Promise<Entered | null> {
  const ordinary = untallied(db, concertId, fans);
  if (ordinary.length === 0) return null;
  const entered = await enterLine(
    db,
    concertId,
    ordinary.map(({ userId }) => userId),
  );
  if (entered)
    tallyPlaces(
      db,
      concertId,
      ordinary.filter(({ userId }) => entered.fresh.has(userId)),
    );
  return entered;
}
