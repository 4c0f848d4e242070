import type { Client } from "@/db/client";
import { SharedConnection } from "@/db/shared-connection";
import { Batcher } from "@/lib/core/batcher";
import { oncePerProcess } from "@/lib/core/registry";
import { type Joining, tallyPlaces, untallied } from "./check-door";
import { type Entered, enterLine } from "./enter-line";
import type { Entry } from "./entry";
import { queueClosed } from "./errors";
import { joinUnderLock } from "./join-under-lock";
import { getLine, type Line } from "./line";
import { lookAtEntries } from "./look-at-entries";

/** Joins that may wait in one process before the next one is told to come back: 50,000 are about five seconds' worth. */
const MOST_WAITING = 50_000;
const BATCH = 2000;
/**
 * So many joins are sent behind those under way: PostgreSQL takes 0.3 ms for a batch besides 9 µs for each join in it, and would
 * otherwise wait as long as it works: for its last answer to be read and the next batch to be sent.
 */
const FOLLOWING = 64;

export type Joined = { created: boolean; entry: Entry; line: Line };

/** Where the joins of one line come in, in this process: in batches that are carried out in the order in which fans came. */
class Door {
  private readonly batcher: Batcher<Joining, Joined>;
  /** One for both batches that may be under way, so that one is carried out behind the other. */
  private readonly connection: SharedConnection;
  /** The last batch that went the long way, over or not. */
  private longWay: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly db: Client,
    private readonly concertId: string,
  ) {
    this.connection = new SharedConnection(db);
    const limits = { batch: BATCH, waiting: MOST_WAITING, following: FOLLOWING };
    this.batcher = new Batcher((fans) => this.joinTogether(fans), limits);
  }

  join(fan: Joining): Promise<Joined> {
    return this.batcher.add(fan);
  }

  private async joinTogether(fans: Joining[]): Promise<(Joined | Error)[]> {
    const { db, concertId } = this;
    const distinct = new Map<string, Joining>();
    for (const fan of fans) if (fan.proof || !distinct.has(fan.userId)) distinct.set(fan.userId, fan);
    const entered = await this.enterOrdinary([...distinct.values()]);
    if (entered) lookAtEntries(db, concertId, entered.fresh.size);
    const rest = [...distinct.values()].filter(
      ({ userId }) => !entered?.fresh.has(userId) && !entered?.known.has(userId),
    );
    const more = rest.length > 0 ? await this.goTheLongWay(rest) : null;
    const line = await getLine(db, concertId);
    for (const one of [entered, more]) if (one) line.note(one);
    // Of two joins by one fan in one batch, the first is the one that made the place.
    const answered = new Set<string>();
    return fans.map(({ userId }) => {
      const made = entered?.fresh.get(userId) ?? more?.fresh.get(userId);
      const entry = made ?? entered?.known.get(userId) ?? more?.known.get(userId);
      if (!entry) return more?.refused.get(userId) ?? queueClosed();
      const created = made !== undefined && !answered.has(userId);
      answered.add(userId);
      return { created, entry, line };
    });
  }

  private async enterOrdinary(fans: Joining[]): Promise<Entered | null> {
    const { db, concertId } = this;
    const ordinary = untallied(db, concertId, fans);
    if (ordinary.length === 0) return null;
    const users = ordinary.map(({ userId }) => userId);
    const entered = await this.connection.use((connection) => enterLine(connection, concertId, users));
    if (entered)
      tallyPlaces(
        db,
        concertId,
        ordinary.filter(({ userId }) => entered.fresh.has(userId)),
      );
    return entered;
  }

  /** One batch after the other: a transaction for each, on connections of their own, could overtake one another. */
  private goTheLongWay(fans: Joining[]): ReturnType<typeof joinUnderLock> {
    const going = this.longWay.then(() => joinUnderLock(this.db, this.concertId, fans));
    this.longWay = going.catch(() => {});
    return going;
  }
}

const doors = () => oncePerProcess("queue.doors", () => new WeakMap<object, Map<string, Door>>());

/** The door of a concert's line in this process. */
export function doorOf(db: Client, concertId: string): Door {
  const known = doors().get(db)?.get(concertId);
  if (known) return known;
  const ofDb = doors().get(db) ?? new Map<string, Door>();
  doors().set(db, ofDb);
  const made = new Door(db, concertId);
  ofDb.set(concertId, made);
  return made;
}
