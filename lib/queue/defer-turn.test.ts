import { sql } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Client, createClient } from "@/db/client";
import { cloneDatabase, type TestDatabase } from "@/db/testing/database";
import { makeConcert, makeUser } from "@/db/testing/factories";
import { presentToken, requireAdmission } from "./admission";
import { admitNext } from "./admit-next";
import { changeRoom } from "./change-room";
import { deferTurn } from "./defer-turn";
import { joinQueue } from "./join-queue";
import { leaveQueue } from "./leave-queue";
import { knownLine, stopLines } from "./line";
import { pollQueue } from "./poll-queue";
import { queueStats } from "./queries";
import { replaceToken } from "./replace-token";
import { type QueueClaims, readQueueToken } from "./token";

let test: TestDatabase;
let db: Client;
/** A second server process on the same database, as far as the database can tell. */
let other: Client;

beforeAll(async () => {
  test = await cloneDatabase();
  db = test.db;
  other = createClient(test.url, 10);
});
afterEach(() => {
  stopLines(db);
  stopLines(other);
});
afterAll(async () => {
  await other.$client.end();
  await test.drop();
});

type Fan = { concertId: string; userId: string; token: string; claims: QueueClaims };

/** A room that lets one in at a time, with so many in line. */
async function makeLine(fans: number): Promise<{ id: string; fans: Fan[] }> {
  const { id } = await makeConcert(db, {
    waitingRoom: {
      mode: "on",
      order: "fifo",
      activeLimit: 1,
      admissionsPerMinute: 60_000,
      sessionSeconds: 600,
      claimSeconds: 120,
    },
  });
  const made: Fan[] = [];
  while (made.length < fans) {
    const { id: userId } = await makeUser(db);
    const { token = "" } = (await joinQueue(db, { concertId: id, userId })).view;
    made.push({ concertId: id, userId, token, claims: readQueueToken(token) as QueueClaims });
  }
  return { id, fans: made };
}

const defer = (fan: Fan, client = db) => deferTurn(client, presentToken(fan));

/** Credit builds up with time; a tick long after the last one finds a second's worth. */
async function tick(concertId: string) {
  await db.execute(sql`update queues set credit_at = credit_at - interval '1 minute' where concert_id = ${concertId}`);
  return await admitNext(db, concertId);
}

/** Whoever is inside; the room lets one in at a time. */
async function inside(concertId: string): Promise<number[]> {
  const { rows } = await db.execute<{ number: number }>(
    sql`select number from queue_entries where concert_id = ${concertId} and status = 'admitted' order by number`,
  );
  return rows.map(({ number }) => Number(number));
}

async function pollNow(client: Client, { claims }: Fan) {
  // The first may be a read that was under way before.
  await knownLine(client, claims.concertId)?.read();
  await knownLine(client, claims.concertId)?.read();
  return await pollQueue(client, claims);
}

const allow = (concertId: string) =>
  db.execute(sql`update queues set credit = 1000, admissions_per_minute = 6000000 where concert_id = ${concertId}`);

describe("deferTurn", () => {
  it("passes the turn on at once, lets five go first and comes back before the sixth", async () => {
    const { id, fans } = await makeLine(8);
    const [first] = fans as [Fan];
    await allow(id);
    await tick(id);
    expect(await pollNow(db, first)).toMatchObject({ status: "admitted", deferralsLeft: 2 });
    const view = await defer(first);
    expect(view).toMatchObject({ status: "waiting", number: 1, deferralsLeft: 1, deferred: true, admittedAt: null });
    expect(await inside(id)).toEqual([2]);
    const order: number[] = [];
    const positions = [view.position as number];
    for (let turns = 0; turns < 8; turns += 1) {
      const [number] = await inside(id);
      order.push(number as number);
      await leaveQueue(db, (fans[(number as number) - 1] as Fan).claims);
      const seen = await pollNow(turns % 2 ? db : other, first);
      if (seen.status === "waiting") positions.push(seen.position as number);
      await tick(id);
    }
    expect(order).toEqual([2, 3, 4, 5, 6, 1, 7, 8]);
    expect(positions).toEqual([5, 5, 4, 3, 2, 1]);
    expect(positions).toEqual([...positions].sort((a, b) => b - a));
  });

  it("lets nobody overtake who was not let go first (negative control: without `deferred_to` the number alone decides)", async () => {
    const { id, fans } = await makeLine(8);
    const [first] = fans as [Fan];
    await allow(id);
    await tick(id);
    await defer(first);
    await db.execute(sql`update queue_entries set deferred_to = null where concert_id = ${id}`);
    // With nothing but numbers the first of them is not served either.
    await db.execute(sql`update queues set served_through = 0 where concert_id = ${id}`);
    await leaveQueue(db, (fans[1] as Fan).claims);
    await tick(id);
    expect(await inside(id)).toEqual([1]);
  });

  it("shortens the wait when one of the five leaves, and never lengthens it when others join", async () => {
    const { id, fans } = await makeLine(7);
    const [first, second] = fans as [Fan, Fan];
    await allow(id);
    await tick(id);
    expect((await defer(first)).position).toBe(5);
    await leaveQueue(db, (fans[5] as Fan).claims);
    expect((await pollNow(other, first)).position).toBe(4);
    const { id: userId } = await makeUser(db);
    await joinQueue(db, { concertId: id, userId });
    expect((await pollNow(db, first)).position).toBe(4);
    await leaveQueue(db, second.claims);
  });

  it("comes back by the ticker alone when nobody else is in line, in an open room too", async () => {
    const { id, fans } = await makeLine(1);
    const [only] = fans as [Fan];
    await allow(id);
    await tick(id);
    await db.execute(sql`update queues set admissions_per_minute = 1, credit = 0 where concert_id = ${id}`);
    expect((await defer(only)).position).toBe(1);
    expect(await inside(id)).toEqual([]);
    await allow(id);
    expect(await tick(id)).toBe(1);
    await db.execute(sql`update queues set admissions_per_minute = 1, credit = 0 where concert_id = ${id}`);
    await defer(only);
    await changeRoom(db, { concertId: id, change: { mode: "off" } });
    expect(await tick(id)).toBe(1);
    expect(await pollNow(db, only)).toMatchObject({ status: "admitted", number: 1, deferralsLeft: 0 });
  });

  it("is allowed twice, before the first gated call, to whoever holds the newest token", async () => {
    const { id, fans } = await makeLine(3);
    const [first, second] = fans as [Fan, Fan];
    await expect(defer(first)).rejects.toMatchObject({ code: "queue_waiting", extra: { position: 1 } });
    await allow(id);
    await tick(id);
    expect(() => presentToken({ ...first, userId: second.userId })).toThrow("not one of yours");
    const { token = "" } = await replaceToken(db, { concertId: id, userId: first.userId });
    await expect(defer(first)).rejects.toMatchObject({ code: "queue_token_invalid" });
    const renewed = { ...first, token };
    await requireAdmission(db, renewed);
    await expect(defer(renewed)).rejects.toMatchObject({ code: "conflict" });
    await leaveQueue(db, readQueueToken(token) as QueueClaims);
    await expect(defer(renewed)).rejects.toMatchObject({ code: "admission_expired" });
    await db.execute(
      sql`update queue_entries set deferrals = 2 where concert_id = ${id} and user_id = ${second.userId}`,
    );
    await tick(id);
    await expect(defer(second)).rejects.toMatchObject({ code: "conflict" });
  });

  it("counts one deferral for ten presses at once, and keeps the room's books", async () => {
    const { id, fans } = await makeLine(7);
    const [first] = fans as [Fan];
    await allow(id);
    await tick(id);
    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, (_, n) => defer(first, n % 2 ? db : other)));
    expect(outcomes.filter((outcome) => outcome.status === "fulfilled")).toHaveLength(1);
    expect(await queueStats(db, id)).toMatchObject({ waiting: 6, admitted: 1, left: 0, completed: 0 });
    await leaveQueue(db, first.claims);
    expect((await pollNow(db, first)).status).toBe("left");
    expect(await queueStats(db, id)).toMatchObject({ waiting: 5, admitted: 1, left: 1, completed: 0 });
    expect(await inside(id)).toEqual([2]);
  });
});
