import { sql } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Client, createClient } from "@/db/client";
import { cloneDatabase, type TestDatabase } from "@/db/testing/database";
import { makeConcert, makeImportDocument, makeUser } from "@/db/testing/factories";
import { importConcert } from "@/lib/catalog/import-concert";
import { requireAdmission } from "./admission";
import { admitNext } from "./admit-next";
import { changeRoom } from "./change-room";
import { completeAdmissions } from "./complete-admission";
import { drainRoom } from "./drain-room";
import { extendAdmissions } from "./extend-admissions";
import { createInvitation } from "./invitations";
import { joinQueue } from "./join-queue";
import { leaveQueue } from "./leave-queue";
import { getLine, knownLine, stopLines } from "./line";
import { pollQueue, pollWaiting, readPulse } from "./poll-queue";
import { getRoom, listRoomChanges, queueStats } from "./queries";
import { spendInvitation } from "./spend-invitation";
import { startTicker } from "./ticker";
import { type QueueClaims, readQueueToken } from "./token";

let test: TestDatabase;
let db: Client;
/** A second server process on the same database, as far as the database can tell. */
let other: Client;
let organizer: string;

beforeAll(async () => {
  test = await cloneDatabase();
  db = test.db;
  other = createClient(test.url, 20);
  organizer = (await makeUser(db, { role: "organizer" })).id;
});
afterEach(() => {
  stopLines(db);
  stopLines(other);
});
afterAll(async () => {
  await other.$client.end();
  await test.drop();
});

const LIMITS = {
  mode: "on",
  order: "fifo",
  activeLimit: 1,
  admissionsPerMinute: 60_000,
  sessionSeconds: 600,
  claimSeconds: 120,
} as const;
const make = async (limits: { activeLimit?: number; mode?: "on" | "off" | "paused" | "closed" } = {}) =>
  (await makeConcert(db, { waitingRoom: { ...LIMITS, ...limits } })).id;

async function joinAs(client: Client, concertId: string) {
  const { id: userId } = await makeUser(db);
  const { view } = await joinQueue(client, { concertId, userId });
  const token = view.token as string;
  return { userId, view, token, claims: readQueueToken(token) as QueueClaims };
}

async function tick(client: Client, concertId: string) {
  await db.execute(sql`update queues set credit_at = credit_at - interval '1 minute' where concert_id = ${concertId}`);
  return await admitNext(client, concertId);
}

async function pollNow(client: Client, claims: QueueClaims) {
  await (await getLine(client, claims.concertId)).read();
  return await pollQueue(client, claims);
}

describe("changeRoom", () => {
  it("is in force within two seconds on every process", async () => {
    const id = await make({ mode: "paused" });
    const fans = [await joinAs(db, id), await joinAs(other, id)];
    const tickers = [startTicker(db), startTicker(other)];
    const seenBy = (client: Client, claims: QueueClaims) => {
      const bytes = pollWaiting(client, claims);
      return bytes === null ? null : JSON.parse(bytes);
    };
    try {
      for (const client of [db, other]) await pollNow(client, fans[1]!.claims);
      const spoken = performance.now();
      await changeRoom(other, { concertId: id, change: { message: { ko: "곧 열어요", en: "Soon" } } });
      for (const client of [db, other]) {
        const read = () => seenBy(client, fans[1]!.claims)?.message?.ko;
        await expect.poll(read, { timeout: 2000, interval: 20 }).toBe("곧 열어요");
      }
      expect(performance.now() - spoken).toBeLessThan(2000);

      const changed = performance.now();
      await changeRoom(db, { concertId: id, change: { mode: "on", activeLimit: 1 } });
      for (const client of [db, other]) {
        const read = () => seenBy(client, fans[1]!.claims);
        await expect.poll(read, { timeout: 2000, interval: 20 }).toMatchObject({ position: 1, mode: "on" });
      }
      expect(performance.now() - changed).toBeLessThan(2000);
      // The limit holds on both: one is inside, one is not.
      expect(await queueStats(db, id)).toMatchObject({ admitted: 1, waiting: 1 });
    } finally {
      await Promise.all(tickers.map((ticker) => ticker.stop()));
    }
  });

  it("would not be seen by a process whose line is not read again (negative control)", async () => {
    const id = await make();
    const fan = await joinAs(other, id);
    await pollNow(other, fan.claims);
    knownLine(other, id)?.stop();
    await changeRoom(db, { concertId: id, change: { mode: "paused" } });
    await new Promise((resolve) => setTimeout(resolve, 1200));
    expect(knownLine(other, id)?.mode).toBe("on");
  });

  it("logs who changed what, before and after, and nothing where nothing changed", async () => {
    const id = await make();
    const by = organizer;
    const { revision } = await getRoom(db, id);
    const message = { ko: "잠시만요", en: "One moment" };
    await changeRoom(db, { concertId: id, change: { activeLimit: 5, claimSeconds: 120 }, by });
    await changeRoom(db, { concertId: id, change: { activeLimit: 5 }, by });
    await changeRoom(db, { concertId: id, change: { message }, by });
    await changeRoom(db, { concertId: id, change: { message: { en: "One moment", ko: "잠시만요" } }, by });
    expect(await changeRoom(db, { concertId: id, change: { message: null }, by })).toMatchObject({
      message: null,
      revision: revision + 3,
    });
    const first = await listRoomChanges(db, { concertId: id, limit: 2 });
    const { items } = await listRoomChanges(db, { concertId: id, limit: 9, cursor: first.nextCursor! });
    expect([...first.items, ...items]).toMatchObject([
      { kind: "message", userId: by, before: { message }, after: { message: null } },
      { kind: "message", userId: by, before: { message: null }, after: { message } },
      { kind: "settings", userId: by, before: { activeLimit: 1 }, after: { activeLimit: 5 } },
      { kind: "import", userId: null, before: {}, after: LIMITS },
    ]);
  });

  it("logs what an import makes of the room", async () => {
    const document = makeImportDocument({ waitingRoom: LIMITS });
    const { id } = await importConcert(db, document);
    document.waitingRoom.activeLimit = 7;
    await importConcert(db, document, { by: organizer });
    await importConcert(db, document, { by: organizer });
    const { items } = await listRoomChanges(db, { concertId: id, limit: 9 });
    expect(items).toHaveLength(2);
    expect(items[0]).toMatchObject({
      kind: "import",
      userId: organizer,
      before: { activeLimit: 1 },
      after: { activeLimit: 7 },
    });
  });
});

describe("a message", () => {
  it("is in polls and pulse, in ASCII, and gone when taken back", async () => {
    const id = await make({ mode: "paused" });
    const fan = await joinAs(db, id);
    expect(await pollNow(db, fan.claims)).not.toHaveProperty("message");
    const message = { ko: '"점검" 중이에요 🎸\n', en: "Back in ten minutes" };
    await changeRoom(db, { concertId: id, change: { message } });
    expect((await pollNow(db, fan.claims)).message).toEqual(message);
    const bytes = [pollWaiting(db, fan.claims) as string, await readPulse(db, id)];
    for (const text of bytes) {
      expect(JSON.parse(text).message).toEqual(message);
      expect(Buffer.byteLength(text)).toBe(text.length);
    }
    await changeRoom(db, { concertId: id, change: { message: null } });
    expect(await pollNow(db, fan.claims)).not.toHaveProperty("message");
    expect(JSON.parse(pollWaiting(db, fan.claims) as string)).not.toHaveProperty("message");
    expect(JSON.parse(await readPulse(db, id))).not.toHaveProperty("message");
  });
});

describe("extendAdmissions", () => {
  it("stretches everyone inside, claimed or not, and nobody else", async () => {
    const id = await make({ activeLimit: 2 });
    const [claimed, unclaimed, waiting] = [await joinAs(db, id), await joinAs(db, id), await joinAs(db, id)];
    await tick(db, id);
    await requireAdmission(db, { ...claimed, concertId: id });
    const until = async (claims: QueueClaims) => Date.parse((await pollNow(db, claims)).admittedUntil ?? "");
    const before = [await until(claimed.claims), await until(unclaimed.claims)];
    expect(await extendAdmissions(other, { concertId: id, seconds: 300, by: organizer })).toEqual({ extended: 2 });
    expect(await until(claimed.claims)).toBe(before[0]! + 300_000);
    expect(await until(unclaimed.claims)).toBe(before[1]! + 300_000);
    expect((await pollNow(db, waiting.claims)).status).toBe("waiting");
    // The turn that is claimed only now has them as well.
    await requireAdmission(db, { ...unclaimed, concertId: id });
    const { admittedAt } = await pollNow(db, unclaimed.claims);
    expect(await until(unclaimed.claims)).toBe(Date.parse(admittedAt!) + 900_000);
    const { items } = await listRoomChanges(db, { concertId: id, limit: 1 });
    expect(items[0]).toMatchObject({ kind: "extension", after: { seconds: 300, extended: 2 } });
  });

  it("does not raise the dead, and ends at a day", async () => {
    const id = await make({ activeLimit: 2 });
    await joinAs(db, id);
    await joinAs(db, id);
    await tick(db, id);
    await db.execute(
      sql`update queue_entries set admitted_until = now() - interval '1 second' where concert_id = ${id} and number = 1`,
    );
    await db.execute(
      sql`update queue_entries set extension_seconds = 86400 - 100 where concert_id = ${id} and number = 2`,
    );
    const extend = () => extendAdmissions(db, { concertId: id, seconds: 60, by: organizer });
    expect([await extend(), await extend()]).toEqual([{ extended: 1 }, { extended: 0 }]);
  });
});

describe("drainRoom", () => {
  it("lets the line run out, and writes down once that it is empty", async () => {
    const id = await make();
    const [first, second] = [await joinAs(db, id), await joinAs(other, id)];
    const started = await drainRoom(db, { concertId: id, by: organizer });
    expect(started).toMatchObject({ mode: "closed", drainingSince: expect.any(String), drainedAt: null });
    expect(await drainRoom(other, { concertId: id, by: organizer })).toEqual(started);
    await expect(joinAs(other, id)).rejects.toMatchObject({ code: "queue_closed" });
    for (const fan of [first, second]) {
      expect(await tick(other, id)).toBe(1);
      expect((await pollNow(db, fan.claims)).status).toBe("admitted");
      expect((await getRoom(db, id)).drainedAt).toBeNull();
      await leaveQueue(db, fan.claims);
    }
    await Promise.all([tick(db, id), tick(other, id), tick(db, id)]);
    await tick(other, id);
    expect(await getRoom(db, id)).toMatchObject({ mode: "closed", drainedAt: expect.any(String) });
    const { items } = await listRoomChanges(db, { concertId: id, limit: 9 });
    expect(items.map(({ kind, userId }) => [kind, userId])).toEqual([
      ["drained", null],
      ["drain", organizer],
      ["import", null],
    ]);
  });

  it("is noticed by the ticker when the last fan has paid and nobody is left to admit", async () => {
    const id = await make();
    const fan = await joinAs(db, id);
    await tick(db, id);
    const admission = await requireAdmission(db, { ...fan, concertId: id });
    await drainRoom(db, { concertId: id, by: organizer });
    await completeAdmissions(db, admission.concertId, [admission]);
    const ticker = startTicker(db);
    await expect.poll(async () => (await getRoom(db, id)).drainedAt, { timeout: 3000 }).not.toBeNull();
    await ticker.stop();
  });

  it("ends with another mode", async () => {
    const id = await make();
    await joinAs(db, id);
    await drainRoom(db, { concertId: id, by: organizer });
    const opened = await changeRoom(db, { concertId: id, change: { mode: "on" }, by: organizer });
    expect(opened).toMatchObject({ mode: "on", drainingSince: null, drainedAt: null });
    await joinAs(db, id);
  });
});

describe("the numbers from counters", () => {
  it("are those that a scan of all entries finds", async () => {
    const id = await make({ activeLimit: 4 });
    const { code } = await createInvitation(db, {
      concertId: id,
      invitation: { label: "Crew", usesLimit: 99 },
      by: organizer,
    });
    const scan = async () => {
      const { rows } = await db.execute<Record<string, string>>(sql`
        select count(*) filter (where status in ('waiting', 'lobby')) as waiting,
               count(*) filter (where status = 'admitted' and admitted_until > now()) as admitted,
               count(*) filter (where status = 'completed') as completed, count(*) filter (where status = 'left') as left,
               count(*) filter (where status = 'expired' or (status = 'admitted' and admitted_until <= now())) as expired
        from queue_entries where concert_id = ${id}`);
      return Object.fromEntries(Object.entries(rows[0]!).map(([name, n]) => [name, Number(n)]));
    };
    const inside: Awaited<ReturnType<typeof joinAs>>[] = [];
    for (let round = 0; round < 6; round += 1) {
      const fans = [];
      for (let n = 0; n < 5; n += 1) fans.push(await joinAs(n % 2 ? db : other, id));
      await leaveQueue(db, fans[1]!.claims);
      await spendInvitation(other, { concertId: id, userId: fans[3]!.userId, code });
      await spendInvitation(db, { concertId: id, userId: (await makeUser(db)).id, code });
      await tick(db, id);
      inside.push(fans[0]!);
      const one = inside[round]!;
      const view = await pollNow(db, one.claims);
      if (view.status === "admitted" && round % 3 === 0)
        await completeAdmissions(db, id, [await requireAdmission(db, { ...one, concertId: id })]);
      if (view.status === "admitted" && round % 3 === 1) await leaveQueue(db, one.claims);
      if (round % 3 === 2) {
        await db.execute(
          sql`update queue_entries set admitted_until = now() - interval '1 second' where concert_id = ${id}
              and status = 'admitted'`,
        );
        expect(await queueStats(db, id)).toMatchObject(await scan());
        // Back again: the admission that is over ends when its fan joins anew.
        await joinQueue(db, { concertId: id, userId: fans[3]!.userId });
      }
      expect(await queueStats(db, id)).toMatchObject(await scan());
    }
    const stats = await queueStats(db, id);
    expect(Math.min(stats.waiting, stats.left, stats.completed, stats.expired)).toBeGreaterThan(0);
  });

  it("count the lobby, before and after its draw", async () => {
    const { id } = await makeConcert(db, {
      waitingRoom: { ...LIMITS, order: "draw", activeLimit: 0 },
      sale: { opensAt: new Date(Date.now() + 3_600_000).toISOString() },
    });
    const fans = [await joinAs(db, id), await joinAs(db, id), await joinAs(other, id)];
    await leaveQueue(db, fans[2]!.claims);
    expect(await queueStats(db, id)).toMatchObject({ waiting: 2, left: 1 });
    await db.execute(sql`update queues set opens_at = now() - interval '1 second' where concert_id = ${id}`);
    for (let n = 0; n < 3; n += 1) await tick(db, id);
    expect(await queueStats(db, id)).toMatchObject({ waiting: 2, left: 1 });
  });

  it("say how long fans waited, from counts by class", async () => {
    const id = await make({ activeLimit: 10 });
    for (let n = 0; n < 10; n += 1) await joinAs(db, id);
    await db.execute(
      sql`update queue_entries set entered_at = now() - make_interval(secs => number * 60) where concert_id = ${id}`,
    );
    expect(await queueStats(db, id)).toMatchObject({ waitSecondsP50: null, waitSecondsP90: null });
    await tick(db, id);
    const { waitSecondsP50, waitSecondsP90 } = await queueStats(db, id);
    expect(waitSecondsP50).toBeGreaterThanOrEqual(270);
    expect(waitSecondsP50).toBeLessThanOrEqual(360);
    expect(waitSecondsP90).toBeGreaterThanOrEqual(450);
    expect(waitSecondsP90).toBeLessThanOrEqual(660);
  });
});
