import { createHash } from "node:crypto";
import { sql } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Client, createClient } from "@/db/client";
import { crowd, meetingOf } from "@/db/testing/crowd";
import { cloneDatabase, type TestDatabase } from "@/db/testing/database";
import { makeConcert, makeUser } from "@/db/testing/factories";
import { admitNext } from "./admit-next";
import { drawIdOf } from "./draw-id";
import { drawLobby } from "./draw-lobby";
import { getDraw, readPlacesPage } from "./draw-queries";
import { type PlacesPage, type Sha256, verifyDraw } from "./draw-rules";
import { queueInvariants } from "./invariants";
import { joinQueue } from "./join-queue";
import { leaveQueue } from "./leave-queue";
import { getLine, knownLine, stopLines } from "./line";
import { pollQueue } from "./poll-queue";
import { queueStats } from "./queries";
import { startTicker } from "./ticker";
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

const sha256: Sha256 = async (texts) => texts.map((text) => createHash("sha256").update(text).digest("hex"));

type Fan = { userId: string; claims: QueueClaims };

async function join(concertId: string, userId?: string): Promise<Fan & { number: number | null; drawId?: string }> {
  const id = userId ?? (await makeUser(db)).id;
  const { view } = await joinQueue(db, { concertId, userId: id });
  const claims = readQueueToken(view.token as string) as QueueClaims;
  return { userId: id, claims, number: view.number, ...(view.drawId ? { drawId: view.drawId } : {}) };
}

/** A drawn sale that opens in an hour, with `count` fans in its lobby. */
async function makeLobby(count: number, activeLimit = 3) {
  const { id } = await makeConcert(db, {
    waitingRoom: { mode: "on", order: "draw", activeLimit, admissionsPerMinute: 60_000 },
    sale: { opensAt: new Date(Date.now() + 3_600_000).toISOString() },
  });
  const fans = await crowd(count, () => join(id));
  return { id, fans };
}

const open = (id: string) =>
  db.execute(sql`update queues set opens_at = now() - interval '1 second' where concert_id = ${id}`);

async function tick(client: Client, id: string) {
  await db.execute(sql`update queues set credit_at = credit_at - interval '1 minute' where concert_id = ${id}`);
  return await admitNext(client, id);
}

async function verdictOf(id: string) {
  const facts = await getDraw(db, id);
  return await verifyDraw(sha256, facts, [JSON.parse(String(await readPlacesPage(db, id))) as PlacesPage]);
}

async function numbersOf(id: string) {
  const { rows } = await db.execute<{ number: number; status: string }>(
    sql`select number, status from queue_entries where concert_id = ${id} and number is not null order by number`,
  );
  return rows.map((row) => ({ ...row, number: Number(row.number) }));
}

describe("drawLobby", () => {
  it("gives every place once, by the seed and the list, and verifies", async () => {
    const { id, fans } = await makeLobby(60);
    expect(await getDraw(db, id)).toMatchObject({ seed: null, digest: null, closedAt: null });
    expect(await drawLobby(db, id)).toBe(false);
    await open(id);
    expect(await tick(db, id)).toBe(0);
    expect(await getDraw(db, id)).toMatchObject({ seed: null, count: null, closedAt: expect.any(String) });
    await expect(readPlacesPage(db, id)).rejects.toMatchObject({ code: "not_found" });
    expect(await drawLobby(db, id, { atOnce: 7 })).toBe(true);
    expect(await verdictOf(id)).toEqual({ checked: 60, problems: [], place: null });
    expect((await numbersOf(id)).map((row) => row.number)).toEqual(fans.map((_, at) => at + 1));
    const page = JSON.parse(String(await readPlacesPage(db, id))) as PlacesPage;
    for (const fan of fans.slice(0, 10)) {
      const view = await pollQueue(db, fan.claims);
      expect(view.drawId).toBe(drawIdOf(fan.claims.entryId));
      expect(page.drawIds[(view.number as number) - 1]).toBe(view.drawId);
    }
    await expect(readPlacesPage(db, id, "7")).rejects.toMatchObject({ code: "invalid_request" });
    expect(await tick(other, id)).toBe(3);
  });

  it("lets latecomers follow the lobby at once, first come first served, while it is not yet drawn", async () => {
    const { id, fans } = await makeLobby(20);
    await open(id);
    const late = [await join(id), await join(id), await join(id)];
    expect(late.map((fan) => fan.number)).toEqual([21, 22, 23]);
    expect(late[0]?.drawId).toBeUndefined();
    expect(await tick(db, id)).toBe(0);
    const again = await join(id, fans[0]?.userId);
    expect(again).toMatchObject({ number: null, drawId: drawIdOf(again.claims.entryId) });
    await drawLobby(db, id);
    expect((await join(id)).number).toBe(24);
    expect(await verdictOf(id)).toMatchObject({ checked: 20, problems: [] });
  });

  it("loses nobody when fans leave before it closes, before the places are fixed, and before their number comes", async () => {
    const { id, fans } = await makeLobby(40, 0);
    for (const fan of fans.slice(0, 5)) await leaveQueue(db, fan.claims);
    await open(id);
    await tick(db, id);
    const late = await join(id);
    expect(late.number).toBe(36);
    for (const fan of fans.slice(5, 10)) await leaveQueue(other, fan.claims);
    await drawLobby(db, id, { atOnce: 4, isStopped: stopAfter(3) });
    for (const fan of fans.slice(10, 20)) await leaveQueue(db, fan.claims);
    expect(await drawLobby(other, id, { atOnce: 4 })).toBe(true);
    await leaveQueue(db, (fans[20] as Fan).claims);

    // All 35 of the closed lobby drew a number, those who left since too; theirs count as departed.
    expect((await numbersOf(id)).map((row) => row.number)).toEqual(Array.from({ length: 36 }, (_, at) => at + 1));
    expect(await verdictOf(id)).toMatchObject({ checked: 35, problems: [] });
    const { rows } = await db.execute<{ number: number }>(
      sql`select number from queue_departures where concert_id = ${id} order by number`,
    );
    const left = (await numbersOf(id)).filter((row) => row.status === "left").map((row) => row.number);
    expect(rows.map((row) => Number(row.number))).toEqual(left);
    expect(left).toHaveLength(16);
    expect(await queueStats(db, id)).toMatchObject({ waiting: 20, left: 21 });
    for (const { name, sql: text } of queueInvariants) {
      expect((await db.$client.query(text)).rows, name).toEqual([]);
    }
    await (await getLine(db, id)).read();
    expect((await pollQueue(db, late.claims)).position).toBe(20);
    await db.execute(sql`update queues set active_limit = 100 where concert_id = ${id}`);
    expect(await tick(db, id)).toBe(20);
  });

  it("is drawn once when two processes are at it, also beside joins and departures", async () => {
    const { id, fans } = await makeLobby(120);
    await open(id);
    const late = crowd(30, () => join(id));
    const leaving = Promise.all(fans.slice(0, 30).map((fan) => leaveQueue(other, fan.claims)));
    const done = async (client: Client) => {
      while (!(await drawLobby(client, id, { atOnce: 5 }))) await tick(client, id);
    };
    await Promise.all([done(db), done(other), done(db), late, leaving]);
    expect((await verdictOf(id)).problems).toEqual([]);
    const { count } = await getDraw(db, id);
    const numbers = (await numbersOf(id)).map((row) => row.number);
    expect(numbers).toEqual(Array.from({ length: (count as number) + 30 }, (_, at) => at + 1));
    await Promise.all([tick(db, id), tick(other, id)]);
    await knownLine(db, id)?.read();
    expect((await numbersOf(id)).filter((row) => row.status === "admitted")).toHaveLength(3);
  });

  it("would be drawn twice without the lock of its row (negative control)", async () => {
    const { id } = await makeLobby(40);
    await open(id);
    await tick(db, id);
    const meet = meetingOf(2);
    const unlocked = (client: Client) =>
      client.transaction(async (tx) => {
        const { rows } = await tx.execute<{ places: number | null }>(
          sql`select places from queue_draws where concert_id = ${id}`,
        );
        if (rows[0]?.places !== null) return;
        await meet();
        await tx.execute(sql`insert into queue_draw_places (concert_id, number, entry_id)
          select ${id}, row_number() over (order by id), id from queue_entries where concert_id = ${id} and status = 'lobby'`);
        await tx.execute(sql`update queue_draws set places = 40 where concert_id = ${id}`);
      });
    const outcomes = await Promise.allSettled([unlocked(db), unlocked(other)]);
    // The key of the places is the last line of defence.
    expect(outcomes.filter((outcome) => outcome.status === "rejected")).toHaveLength(1);
  });

  it("is taken over from a process that dies in the middle", async () => {
    const { id } = await makeLobby(30);
    await open(id);
    await tick(db, id);
    const dying = createClient(test.url, 1);
    const connection = await dying.$client.connect();
    connection.on("error", () => {});
    await connection.query("begin");
    await connection.query("select 1 from queue_draws where concert_id = $1 for update", [id]);
    expect(await drawLobby(db, id)).toBe(false);
    const { rows } = await connection.query("select pg_backend_pid() as pid");
    await db.execute(sql`select pg_terminate_backend(${rows[0].pid})`);
    await expect.poll(() => drawLobby(db, id), { timeout: 5000 }).toBe(true);
    connection.release(true);
    await dying.$client.end();
    expect((await verdictOf(id)).problems).toEqual([]);
  });

  it("is held by the ticker, beside other lines", async () => {
    const { id } = await makeLobby(12);
    const ticker = startTicker(other);
    try {
      await open(id);
      await expect.poll(async () => (await getDraw(db, id)).drawnAt, { timeout: 10_000 }).not.toBeNull();
      await expect
        .poll(async () => (await numbersOf(id)).filter((row) => row.status === "admitted").length, { timeout: 10_000 })
        .toBe(3);
    } finally {
      await ticker.stop();
    }
  });

  it("ends at once for an empty lobby", async () => {
    const { id } = await makeLobby(0);
    await open(id);
    await tick(db, id);
    expect(await drawLobby(db, id)).toBe(true);
    expect(await verdictOf(id)).toEqual({ checked: 0, problems: [], place: null });
    expect((await join(id)).number).toBe(1);
  });
});

function stopAfter(steps: number): () => boolean {
  let done = 0;
  return () => done++ >= steps;
}
