import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Client, createClient } from "@/db/client";
import { lookAtGrown } from "@/db/keep-statistics";
import { cloneDatabase, type TestDatabase } from "@/db/testing/database";
import { makeConcert } from "@/db/testing/factories";
import { newId } from "@/lib/core/ids";
import { admitNext } from "./admit-next";
import { changeRoom } from "./change-room";
import { enterLine } from "./enter-line";
import { readEntry } from "./entry";
import { joinQueue } from "./join-queue";
import { stopLines } from "./line";

let test: TestDatabase;
let db: Client;
/** A second server process on the same database, as far as the database can tell. */
let other: Client;
/** One connection, so that its plans are the ones that are looked at. */
let alone: Client;

beforeAll(async () => {
  test = await cloneDatabase();
  db = test.db;
  other = createClient(test.url, 4);
  alone = createClient(test.url, 1);
});
afterAll(async () => {
  for (const client of [db, other]) stopLines(client);
  for (const client of [other, alone]) await client.$client.end();
  await test.drop();
});

const waitingRoom = {
  mode: "on",
  order: "fifo",
  activeLimit: 5000,
  admissionsPerMinute: 6000,
  sessionSeconds: 600,
  claimSeconds: 120,
} as const;

const makeLine = async () => (await makeConcert(db, { waitingRoom })).id;
const fans = (count: number) => Array.from({ length: count }, () => newId());

/** Does `work` while somebody else holds the room, and lets it go when so many others wait for it. */
async function whileHeld<T>(concertId: string, waiters: number, work: () => Promise<T>): Promise<T> {
  const client = await db.$client.connect();
  try {
    await client.query("begin");
    await client.query("select 1 from queues where concert_id = $1 for update", [concertId]);
    const working = work();
    // On a connection of its own: within a transaction PostgreSQL would tell the same again and again.
    const waiting = async () => {
      const { rows } = await alone.$client.query(
        "select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
      );
      return rows[0].n as number;
    };
    while ((await waiting()) < waiters) await new Promise((resolve) => setImmediate(resolve));
    await client.query("commit");
    return await working;
  } finally {
    client.release();
  }
}

describe("a batch of joins in one statement", () => {
  it("gives numbers without a gap, in the order given, around those who have a place", async () => {
    const concertId = await makeLine();
    const [a, b, c, d] = fans(4) as [string, string, string, string];
    await enterLine(db, concertId, [b]);
    const entered = await enterLine(db, concertId, [a, b, c, d]);
    expect([...(entered?.fresh.values() ?? [])].map(({ userId, number }) => [userId, number])).toEqual([
      [a, 2],
      [c, 3],
      [d, 4],
    ]);
    const known = entered?.known.get(b);
    expect(known).toMatchObject({ number: 1, status: "waiting", generation: 0 });
    expect(known).toEqual(await readEntry(db, concertId, known?.id as string));
    expect(entered?.lastNumber).toBe(4);
  });

  it("makes one place for a fan who joins through two processes in the same moment", async () => {
    const concertId = await makeLine();
    const userId = newId();
    const views = await whileHeld(concertId, 2, () =>
      Promise.all([db, other].map((client) => joinQueue(client, { concertId, userId }))),
    );
    expect(views.map(({ created }) => created).sort()).toEqual([false, true]);
    expect(views.map(({ view }) => view.number)).toEqual([1, 1]);
    expect((await joinQueue(db, { concertId, userId: newId() })).view.number).toBe(2);
  });

  it("places nobody where such a fan is among them (negative control: this is what the other way is there for)", async () => {
    const concertId = await makeLine();
    const userId = newId();
    const results = await whileHeld(concertId, 2, () =>
      Promise.all([db, other].map((client) => enterLine(client, concertId, [newId(), userId, newId()]))),
    );
    const placed = results.filter((one) => one !== null);
    expect(placed).toHaveLength(1);
    expect([...(placed[0]?.fresh.values() ?? [])].map(({ number }) => number)).toEqual([1, 2, 3]);
    const { rows } = await db.$client.query("select count(*)::int as n from queue_entries where concert_id = $1", [
      concertId,
    ]);
    expect(rows[0].n).toBe(3);
  });

  it("gives numbers in the order of commits where two processes wait for one another", async () => {
    const concertId = await makeLine();
    const [one, two] = await whileHeld(concertId, 2, () =>
      Promise.all([db, other].map((client) => enterLine(client, concertId, fans(50)))),
    );
    const numbers = [one, two].map((entered) =>
      [...(entered?.fresh.values() ?? [])].map(({ number }) => number as number),
    );
    expect(numbers.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, at) => at + 1));
    for (const [first = 0, ...rest] of numbers) expect(rest).toEqual(rest.map((_, at) => first + at + 1));
  });
});

type Plan = { "Rows Removed by Filter"?: number; Plans?: Plan[] };

/** Rows that a statement reads for nothing. */
async function readForNothing(execute: string): Promise<number> {
  const { rows } = await alone.$client.query(`explain (analyze, format json) execute ${execute}`);
  const sum = (plan: Plan): number =>
    (plan["Rows Removed by Filter"] ?? 0) + (plan.Plans ?? []).reduce((all, one) => all + sum(one), 0);
  return sum(rows[0]["QUERY PLAN"][0].Plan);
}

describe("plans that were made while the line was empty", () => {
  it("still read nobody but those they are about (negative control: a list of ids reads everybody)", async () => {
    const concertId = await makeLine();
    await alone.$client.query("delete from queue_entries");
    const byList =
      "select user_id from queue_entries where concert_id = $1 and user_id = any((select $2::uuid[])::uuid[])";
    await alone.$client.query(`prepare by_list (uuid, uuid[]) as ${byList}`);
    // So often that PostgreSQL keeps one plan for all calls.
    for (let round = 0; round < 10; round += 1) {
      const entered = await enterLine(alone, concertId, fans(2));
      await alone.$client.query(`execute by_list ('${concertId}', '{${newId()}}')`);
      await readEntry(alone, concertId, [...(entered?.fresh.values() ?? [])][0]?.id as string);
      await alone.$client.query("update queues set credit = 1, credit_at = now() where concert_id = $1", [concertId]);
      expect(await admitNext(alone, concertId)).toBe(1);
    }
    for (let round = 0; round < 3; round += 1) await enterLine(alone, concertId, fans(300));
    const ids = `'{${newId()},${newId()}}'`;
    expect(await readForNothing(`by_list ('${concertId}', ${ids})`)).toBeGreaterThan(900);
    expect(await readForNothing(`queue_enter ('${concertId}', ${ids}, ${ids})`)).toBeLessThan(10);
    expect(await readForNothing(`queue_read_entries ('${concertId}', ${ids})`)).toBeLessThan(10);
    // A range of numbers is not told from a whole line in an empty table, but the planner is soon told of the line.
    await expect.poll(() => lookAtGrown(alone)).toContain("public.queue_entries");
    expect(await lookAtGrown(alone)).not.toContain("public.queue_entries");
    expect(await readForNothing(`queue_admit ('${concertId}', 5, 60, 1, true, 11)`)).toBeLessThan(10);
  });

  it("are soon told of a line that begins where there was nobody, and not by entering alone (negative control)", async () => {
    const known = async () => {
      const { rows } = await db.$client.query(
        "select reltuples::int as n from pg_class where oid = 'queue_entries'::regclass",
      );
      return rows[0].n as number;
    };
    await db.$client.query("delete from queue_entries");
    await db.$client.query("alter table queue_entries set (autovacuum_enabled = false)");
    await db.$client.query("vacuum (analyze) queue_entries");
    const concertId = await makeLine();
    await enterLine(alone, concertId, fans(260));
    expect(await known()).toBe(0);
    await Promise.all(fans(260).map((userId) => joinQueue(db, { concertId, userId })));
    await expect.poll(known).toBe(520);
  });
});

describe("two batches of one process under way", () => {
  it.each([
    ["in an ordinary room", {}],
    // With a challenge, which so few do not meet, all of them go the long way.
    ["in one that is not", { challengeAbove: 1_000_000 }],
  ])("give numbers in the order in which fans came, %s", async (_, change) => {
    const concertId = await makeLine();
    await changeRoom(db, { concertId, change });
    const users = fans(300);
    const join = (userId: string) => joinQueue(db, { concertId, userId });
    const views = await whileHeld(concertId, 1, async () => {
      const all: ReturnType<typeof join>[] = [];
      // In so many turns of the event loop, the first ones while the room is held.
      for (let from = 0; from < users.length; from += 20) {
        all.push(...users.slice(from, from + 20).map(join));
        await new Promise((resolve) => setImmediate(resolve));
      }
      return await Promise.all(all);
    });
    expect(views.map(({ view }) => view.number)).toEqual(users.map((_, at) => at + 1));
  });

  it("know of one another's fans", async () => {
    const concertId = await makeLine();
    const users = fans(100);
    const join = (userId: string) => joinQueue(db, { concertId, userId });
    const [first, again] = await whileHeld(concertId, 1, async () => {
      const first = Promise.all(users.map(join));
      await new Promise((resolve) => setImmediate(resolve));
      return await Promise.all([first, Promise.all(users.map(join))]);
    });
    expect(first.every(({ created }) => created)).toBe(true);
    expect(again.some(({ created }) => created)).toBe(false);
    expect(again.map(({ view }) => view.number)).toEqual(first.map(({ view }) => view.number));
  });
});
