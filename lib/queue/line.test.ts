import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { Client, Db } from "@/db/client";
import { cloneDatabase, type TestDatabase } from "@/db/testing/database";
import { makeConcert } from "@/db/testing/factories";
import { newId } from "@/lib/core/ids";
import { admitNext } from "./admit-next";
import { changeRoom } from "./change-room";
import { joinQueue } from "./join-queue";
import { getLine, knownLine, type Line, stopLines } from "./line";
import { pollQueue } from "./poll-queue";
import { FRESH_MS } from "./rules";
import { type QueueClaims, readQueueToken } from "./token";

let test: TestDatabase;
let db: Client;

beforeAll(async () => {
  test = await cloneDatabase();
  db = test.db;
});
afterAll(() => test.drop());

type Query = (query: { name?: string }) => Promise<{ rows: unknown[] }>;

/** Another process's client, as far as `statement` can tell: every statement goes through `query`. */
const clientOf = (query: Query): Db => ({ _: { session: { client: { query } } } }) as unknown as Db;

const waitingRoom = {
  mode: "paused",
  order: "fifo",
  activeLimit: 1000,
  admissionsPerMinute: 300,
  sessionSeconds: 600,
  claimSeconds: 120,
} as const;

describe("a place that two processes tell of", () => {
  let concertId: string;
  let fan: QueueClaims;
  /** A process whose answers from the database come late: they say how it was when the question arrived. */
  let slow: Db;
  let release: (() => void) | null = null;
  let isAway = false;

  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    concertId = (await makeConcert(db, { waitingRoom })).id;
    let token = "";
    for (let at = 0; at < 10; at += 1) {
      token = (await joinQueue(db, { concertId, userId: newId() })).view.token as string;
    }
    fan = readQueueToken(token) as QueueClaims;
    slow = clientOf(async (query) => {
      if (isAway) throw Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
      const answer = await db.$client.query(query as never);
      if (release === null && isHolding) await new Promise<void>((resolve) => (release = resolve));
      return answer;
    });
  });
  let isHolding = false;
  afterEach(() => {
    isHolding = false;
    isAway = false;
    release?.();
    release = null;
    vi.useRealTimers();
    stopLines(db);
    stopLines(slow);
  });

  const positionAt = async (process: Db) => (await pollQueue(process, fan)).position as number;
  const moveOn = async () => {
    await changeRoom(db, { concertId, change: { mode: "on" } });
    await db.$client.query("update queues set credit_at = now() - interval '1 minute' where concert_id = $1", [
      concertId,
    ]);
    expect(await admitNext(db, concertId)).toBe(5);
    await knownLine(db, concertId)?.read();
  };

  /** Until the database has answered the question whose answer is held up. */
  const untilHeld = async () => {
    while (release === null) await new Promise((resolve) => setImmediate(resolve));
  };

  it("never rises for a fan who waits as told, however late an answer of the database is", async () => {
    expect(await positionAt(slow)).toBe(10);
    isHolding = true;
    const late = (knownLine(slow, concertId) as Line).read();
    await untilHeld();
    await moveOn();
    expect(await positionAt(db)).toBe(5);
    isHolding = false;
    (release as unknown as () => void)();
    await late;
    // The shortest time that any fan is told to wait.
    vi.advanceTimersByTime(FRESH_MS + 1);
    // Negative control: the answer that has just come, however fresh it looks, is of before the other process's.
    expect((knownLine(slow, concertId) as Line).positionOf(fan.number as number)).toBe(10);
    expect(await positionAt(slow)).toBe(5);
  });

  it("waits for a read of its own where the one under way was asked for too long ago", async () => {
    expect(await positionAt(slow)).toBe(10);
    isHolding = true;
    const late = (knownLine(slow, concertId) as Line).read();
    await untilHeld();
    await moveOn();
    vi.advanceTimersByTime(FRESH_MS + 1);
    const polled = positionAt(slow);
    isHolding = false;
    (release as unknown as () => void)();
    await late;
    expect(await polled).toBe(5);
  });

  it("is told from memory for a second without the database, and then not at all", async () => {
    await getLine(slow, concertId);
    isAway = true;
    vi.advanceTimersByTime(FRESH_MS - 1);
    expect(await positionAt(slow)).toBe(10);
    vi.advanceTimersByTime(2);
    await expect(pollQueue(slow, fan)).rejects.toMatchObject({ code: "unavailable" });
    isAway = false;
    expect(await positionAt(slow)).toBe(10);
  });
});

describe("reads for polls", () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  const ROW = {
    mode: "on",
    order: "fifo",
    opens_at: new Date(0),
    admissions_per_minute: 60,
    last_number: 9,
    served_through: 0,
    departures: 0,
    revocations: 0,
    lobby: 0,
    at: new Date(0),
    admitted_lately: 0,
    lately_seconds: 10,
    left: 1,
  };

  it.each([1, 100, 250])("are less than two in a second, seats and all, where each takes %i ms", async (takes) => {
    vi.useFakeTimers();
    let reads = 0;
    const client = clientOf(async () => {
      reads += 1;
      await new Promise((resolve) => setTimeout(resolve, takes));
      return { rows: [ROW] };
    });
    const concertId = newId();
    const first = getLine(client, concertId);
    await vi.advanceTimersByTimeAsync(2 * takes);
    const line = await first;
    reads = 0;
    let stale = 0;
    for (let ms = 0; ms < 20_000; ms += 10) {
      if (!line.touch()) stale += 1;
      await vi.advanceTimersByTimeAsync(10);
    }
    stopLines(client);
    expect(reads).toBeLessThanOrEqual(40);
    expect(reads).toBeGreaterThan(30);
    // Nobody has to wait for one of them.
    expect(stale).toBe(0);
  });
});
