import { sql } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Client, createClient } from "@/db/client";
import { crowd, meetingOf } from "@/db/testing/crowd";
import { cloneDatabase, type TestDatabase } from "@/db/testing/database";
import { makeConcert, makeUser } from "@/db/testing/factories";
import { newId } from "@/lib/core/ids";
import { requireAdmission } from "./admission";
import { admitNext } from "./admit-next";
import { changeRoom } from "./change-room";
import { drawLobby } from "./draw-lobby";
import { joinQueue } from "./join-queue";
import { leaveQueue } from "./leave-queue";
import { knownLine, stopLines } from "./line";
import { pollQueue, pollWaiting, readPulse } from "./poll-queue";
import { queueStats } from "./queries";
import type { QueueView } from "./schema";
import { type QueueClaims, readQueueToken, signQueueToken } from "./token";

let test: TestDatabase;
let db: Client;
/** A second server process on the same database, as far as the database can tell. */
let other: Client;

beforeAll(async () => {
  test = await cloneDatabase();
  db = test.db;
  other = createClient(test.url, 20);
});
afterEach(() => {
  stopLines(db);
  stopLines(other);
});
afterAll(async () => {
  await other.$client.end();
  await test.drop();
});

const room = (limits: {
  activeLimit?: number;
  admissionsPerMinute?: number;
  mode?: "on" | "off" | "paused" | "closed";
}) => ({
  waitingRoom: {
    mode: "on",
    order: "fifo",
    activeLimit: 1,
    admissionsPerMinute: 60_000,
    sessionSeconds: 600,
    claimSeconds: 120,
    ...limits,
  } as const,
});

const claimsOf = (view: QueueView) => readQueueToken(view.token as string) as QueueClaims;

async function joinAs(client: Client, concertId: string) {
  const { id: userId } = await makeUser(db);
  const { view } = await joinQueue(client, { concertId, userId });
  return { userId, view, token: view.token as string, claims: claimsOf(view) };
}

/** Credit builds up with time; a tick long after the last one finds a second's worth. */
const age = (concertId: string) =>
  db.execute(sql`update queues set credit_at = credit_at - interval '1 minute' where concert_id = ${concertId}`);

async function tick(client: Client, concertId: string) {
  await age(concertId);
  return await admitNext(client, concertId);
}

/** Polls with what the database says now, not with a snapshot of half a second ago. */
async function pollNow(client: Client, claims: QueueClaims) {
  await knownLine(client, claims.concertId)?.read();
  return await pollQueue(client, claims);
}

describe("joinQueue", () => {
  it("gives numbers in order of arrival and finds a fan's place again", async () => {
    const { id } = await makeConcert(db, room({}));
    const first = await joinAs(db, id);
    const second = await joinAs(db, id);
    expect([first.view.number, second.view.number]).toEqual([1, 2]);
    expect(second.view).toMatchObject({ status: "waiting", position: 2, ahead: 1, admittedAt: null });
    const again = await joinQueue(other, { concertId: id, userId: first.userId });
    expect(again.created).toBe(false);
    expect(claimsOf(again.view)).toEqual(first.claims);
  });

  it("keeps order when two processes are stormed at once", async () => {
    const { id } = await makeConcert(db, room({}));
    const users = await crowd(300, () => makeUser(db));
    const clock = { now: 0 };
    const joins = await Promise.all(
      users.map(async (user, at) => {
        // Waves, so that some joins begin after others were answered.
        for (let wave = 0; wave < at % 5; wave += 1) await db.execute(sql`select 1`);
        clock.now += 1;
        const asked = clock.now;
        const { view } = await joinQueue(at % 2 ? db : other, { concertId: id, userId: user.id });
        clock.now += 1;
        return { asked, answered: clock.now, number: view.number as number };
      }),
    );
    expect(joins.map((join) => join.number).sort((a, b) => a - b)).toEqual(users.map((_, at) => at + 1));
    for (const a of joins) {
      for (const b of joins) if (a.answered < b.asked) expect(a.number).toBeLessThan(b.number);
    }
  });

  it("would hand out numbers twice without the room's lock (negative control)", async () => {
    const { id } = await makeConcert(db, room({}));
    const meet = meetingOf(2);
    const unlocked = async (client: Client) => {
      await client.transaction(async (tx) => {
        const { rows } = await tx.execute<{ last: number }>(
          sql`select last_number as last from queues where concert_id = ${id}`,
        );
        await meet();
        const number = (rows[0]?.last ?? 0) + 1;
        await tx.execute(
          sql`insert into queue_entries (concert_id, id, user_id, number, status) values (${id}, ${newId()}, ${newId()}, ${number}, 'waiting')`,
        );
        await tx.execute(sql`update queues set last_number = ${number} where concert_id = ${id}`);
      });
    };
    const outcomes = await Promise.allSettled(Array.from({ length: 40 }, (_, at) => unlocked(at % 2 ? db : other)));
    expect(outcomes.filter((outcome) => outcome.status === "rejected").length).toBeGreaterThan(0);
  });

  it("makes one place for fifty joins of one fan", async () => {
    const { id } = await makeConcert(db, room({}));
    const { id: userId } = await makeUser(db);
    const joins = await Promise.all(
      Array.from({ length: 50 }, (_, at) => joinQueue(at % 2 ? db : other, { concertId: id, userId })),
    );
    expect(joins.filter((join) => join.created).length).toBe(1);
    expect(new Set(joins.map((join) => join.view.number))).toEqual(new Set([1]));
  });

  it("refuses newcomers when the room is closed, but knows who is in", async () => {
    const { id } = await makeConcert(db, room({}));
    const early = await joinAs(db, id);
    await changeRoom(db, { concertId: id, change: { mode: "closed" } });
    await expect(joinAs(db, id)).rejects.toMatchObject({ code: "queue_closed" });
    const again = await joinQueue(db, { concertId: id, userId: early.userId });
    expect(again.view.number).toBe(1);
  });

  it("admits at once when the room is off, those who waited too", async () => {
    const { id } = await makeConcert(db, room({ mode: "paused" }));
    const early = await joinAs(db, id);
    await changeRoom(db, { concertId: id, change: { mode: "off" } });
    const late = await joinAs(db, id);
    expect(late.view.status).toBe("admitted");
    expect((await pollNow(db, early.claims)).status).toBe("admitted");
  });

  it("refuses an unknown concert", async () => {
    const { id: userId } = await makeUser(db);
    await expect(joinQueue(db, { concertId: newId(), userId })).rejects.toMatchObject({ code: "not_found" });
  });
});

describe("admitNext", () => {
  it("lets in the lowest numbers up to the active limit", async () => {
    const { id } = await makeConcert(db, room({ activeLimit: 3 }));
    const fans = [];
    for (let n = 0; n < 5; n += 1) fans.push(await joinAs(db, id));
    expect(await tick(db, id)).toBe(3);
    expect(await tick(other, id)).toBe(0);
    const views = await Promise.all(fans.map((fan) => pollNow(other, fan.claims)));
    expect(views.map((view) => view.status)).toEqual(["admitted", "admitted", "admitted", "waiting", "waiting"]);
    expect(views.map((view) => view.position)).toEqual([null, null, null, 1, 2]);
  });

  it("keeps to the rate and saves nothing up", async () => {
    const { id } = await makeConcert(db, room({ activeLimit: 1000, admissionsPerMinute: 120 }));
    for (let n = 0; n < 5; n += 1) await joinAs(db, id);
    expect(await tick(db, id)).toBe(2);
    await changeRoom(db, { concertId: id, change: { mode: "paused" } });
    expect(await tick(db, id)).toBe(0);
    await changeRoom(db, { concertId: id, change: { mode: "on" } });
    expect(await admitNext(db, id)).toBe(0);
    expect(await tick(db, id)).toBe(2);
  });

  it("never lets in more than the limit, whoever ticks", async () => {
    const { id } = await makeConcert(db, room({ activeLimit: 7 }));
    const users = await crowd(60, () => makeUser(db));
    await Promise.all(users.map((user) => joinQueue(db, { concertId: id, userId: user.id })));
    await age(id);
    await Promise.all(Array.from({ length: 40 }, (_, at) => admitNext(at % 2 ? db : other, id)));
    const { rows } = await db.execute<{ numbers: number[] }>(
      sql`select array_agg(number order by number) as numbers from queue_entries where concert_id = ${id} and status = 'admitted'`,
    );
    expect(rows[0]?.numbers.map(Number)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it("would let in too many if it counted without the room's lock (negative control)", async () => {
    const { id } = await makeConcert(db, room({ activeLimit: 7 }));
    const users = await crowd(60, () => makeUser(db));
    await Promise.all(users.map((user) => joinQueue(db, { concertId: id, userId: user.id })));
    const meet = meetingOf(2);
    const unlocked = (client: Client) =>
      client.transaction(async (tx) => {
        const { rows } = await tx.execute<{ active: number }>(
          sql`select count(*) as active from queue_entries where concert_id = ${id} and status = 'admitted'`,
        );
        await meet();
        const places = Math.max(0, 7 - Number(rows[0]?.active));
        await tx.execute(sql`update queue_entries set status = 'admitted', admitted_at = now(), admitted_until = now() + interval '1 minute'
          where concert_id = ${id} and id in (select id from queue_entries where concert_id = ${id} and status = 'waiting'
                                              order by number limit ${places} for update skip locked)`);
      });
    await Promise.all(Array.from({ length: 40 }, (_, at) => unlocked(at % 2 ? db : other)));
    const { rows } = await db.execute<{ n: number }>(
      sql`select count(*) as n from queue_entries where concert_id = ${id} and status = 'admitted'`,
    );
    expect(Number(rows[0]?.n)).toBeGreaterThan(7);
  });

  it("gives an unclaimed turn to the next in line, and a claimed one its session", async () => {
    const { id } = await makeConcert(db, room({ activeLimit: 1 }));
    const [ghost, next] = [await joinAs(db, id), await joinAs(db, id)];
    await tick(db, id);
    const past = (userId: string) =>
      db.execute(sql`update queue_entries set admitted_at = admitted_at - interval '121 seconds', admitted_until = admitted_until - interval '121 seconds'
        where concert_id = ${id} and user_id = ${userId}`);
    await past(ghost.userId);
    expect((await pollNow(db, ghost.claims)).status).toBe("expired");
    expect(await tick(db, id)).toBe(1);
    await requireAdmission(db, { token: next.token, concertId: id, userId: next.userId });
    await past(next.userId);
    expect((await pollNow(db, next.claims)).status).toBe("admitted");
  });

  it("waits for the sale to open", async () => {
    const { id } = await makeConcert(db, room({ activeLimit: 5 }));
    await db.execute(sql`update queues set opens_at = now() + interval '1 hour' where concert_id = ${id}`);
    await joinAs(db, id);
    expect(await tick(db, id)).toBe(0);
    await db.execute(sql`update queues set opens_at = now() - interval '1 second' where concert_id = ${id}`);
    expect(await tick(db, id)).toBe(1);
  });
});

describe("draw", () => {
  it("gives the lobby its numbers at the opening; latecomers follow; old tokens go on", async () => {
    const { id } = await makeConcert(db, room({ activeLimit: 2 }));
    await db.execute(
      sql`update queues set "order" = 'draw', opens_at = now() + interval '1 hour' where concert_id = ${id}`,
    );
    const lobby = [];
    for (let n = 0; n < 12; n += 1) lobby.push(await joinAs(db, id));
    expect(lobby[0]?.view).toMatchObject({ status: "lobby", number: null, position: null });
    expect(await tick(db, id)).toBe(0);
    await db.execute(sql`update queues set opens_at = now() - interval '1 second' where concert_id = ${id}`);
    const late = await joinAs(db, id);
    expect(late.view.number).toBe(13);
    expect(await drawLobby(other, id)).toBe(true);
    const views = await Promise.all(lobby.map((fan) => pollNow(db, fan.claims)));
    expect(views.map((view) => view.number).sort((a, b) => Number(a) - Number(b))).toEqual(
      lobby.map((_, at) => at + 1),
    );
    const fresh = claimsOf(views[0] as QueueView);
    expect(fresh).toEqual({ ...lobby[0]?.claims, number: views[0]?.number });
    expect((await pollNow(db, fresh)).number).toBe(views[0]?.number);
    expect((await pollNow(db, lobby[0]?.claims as QueueClaims)).number).toBe(views[0]?.number);
  });
});

describe("leaveQueue", () => {
  it("frees the place at once, also for other processes, and once only", async () => {
    const { id } = await makeConcert(db, room({ mode: "paused" }));
    const fans = [];
    for (let n = 0; n < 4; n += 1) fans.push(await joinAs(n % 2 ? db : other, id));
    const last = fans[3] as (typeof fans)[0];
    expect((await pollNow(other, last.claims)).position).toBe(4);
    await leaveQueue(db, (fans[1] as typeof last).claims);
    await leaveQueue(db, (fans[1] as typeof last).claims);
    expect((await pollQueue(db, last.claims)).position).toBe(3);
    expect((await pollNow(other, last.claims)).position).toBe(3);
    expect((await pollNow(other, (fans[1] as typeof last).claims)).status).toBe("left");
    expect(JSON.parse(await readPulse(other, id))).toMatchObject({
      servedThrough: 0,
      lastNumber: 4,
      gone: { counts: [1] },
    });
    expect(await queueStats(db, id)).toMatchObject({ waiting: 3, left: 1 });
  });

  it("lets a fan come back at the end", async () => {
    const { id } = await makeConcert(db, room({ mode: "paused" }));
    const fan = await joinAs(db, id);
    await joinAs(db, id);
    await leaveQueue(db, fan.claims);
    const back = await joinQueue(db, { concertId: id, userId: fan.userId });
    expect(back).toMatchObject({ created: true, view: { number: 3, position: 2 } });
  });
});

describe("polls", () => {
  it("are answered as bytes from memory exactly as by the full way", async () => {
    const { id } = await makeConcert(db, room({ mode: "paused" }));
    await joinAs(db, id);
    const fan = await joinAs(db, id);
    const bytes = pollWaiting(db, fan.claims);
    const full = await pollQueue(db, fan.claims);
    const parsed = JSON.parse(bytes as string);
    expect({ ...parsed, pollAfterMs: 0, at: "" }).toEqual({ ...full, pollAfterMs: 0, at: "" });
  });

  it("read the database at most three times a second however many ask", async () => {
    const { id } = await makeConcert(db, room({ mode: "paused" }));
    const fan = await joinAs(db, id);
    let reads = 0;
    const pool = db.$client;
    const query = pool.query.bind(pool);
    pool.query = ((...args: Parameters<typeof query>) => {
      reads += 1;
      return query(...args);
    }) as typeof pool.query;
    try {
      const until = performance.now() + 1000;
      let polls = 0;
      while (performance.now() < until) {
        for (let n = 0; n < 200; n += 1) expect((await pollQueue(db, fan.claims)).position).toBe(1);
        polls += 200;
        await new Promise((resolve) => setImmediate(resolve));
      }
      expect(polls).toBeGreaterThan(1000);
      expect(reads).toBeLessThanOrEqual(3);
    } finally {
      pool.query = query as typeof pool.query;
    }
  });
});

describe("requireAdmission", () => {
  it("tells every way of not being admitted apart", async () => {
    const { id } = await makeConcert(db, room({ activeLimit: 1 }));
    const elsewhere = await makeConcert(db, room({}));
    const [inside, behind, third] = [await joinAs(db, id), await joinAs(db, id), await joinAs(db, id)];
    await tick(db, id);
    const ask = (token: string | undefined, userId: string, concertId = id) =>
      requireAdmission(db, { token, concertId, userId });
    await expect(ask(undefined, inside.userId)).rejects.toMatchObject({ code: "queue_token_required" });
    await expect(ask(`${inside.token.slice(0, -1)}!`, inside.userId)).rejects.toMatchObject({
      code: "queue_token_invalid",
    });
    await expect(ask(inside.token, behind.userId)).rejects.toMatchObject({ code: "queue_token_invalid" });
    await expect(ask(inside.token, inside.userId, elsewhere.id)).rejects.toMatchObject({ code: "queue_token_invalid" });
    const stranger = signQueueToken({ ...inside.claims, entryId: newId() });
    await expect(ask(stranger, inside.userId)).rejects.toMatchObject({ code: "queue_token_invalid" });
    await expect(ask(third.token, third.userId)).rejects.toMatchObject({
      code: "queue_waiting",
      extra: { position: 2 },
    });
    await expect(ask(inside.token, inside.userId)).resolves.toMatchObject({ entryId: inside.claims.entryId });
    await leaveQueue(db, inside.claims);
    await expect(ask(inside.token, inside.userId)).rejects.toMatchObject({ code: "admission_expired" });
  });

  it("notices within a second that another process ended the admission", async () => {
    const { id } = await makeConcert(db, room({ activeLimit: 1 }));
    const fan = await joinAs(db, id);
    await tick(db, id);
    const ask = (client: Client) => requireAdmission(client, { token: fan.token, concertId: id, userId: fan.userId });
    await ask(db);
    await db.execute(
      sql`update queue_entries set status = 'left', ended_at = now() where concert_id = ${id} and user_id = ${fan.userId}`,
    );
    const asked = performance.now();
    await expect
      .poll(
        () =>
          ask(db).then(
            () => "admitted",
            (error) => error.code,
          ),
        { timeout: 3000, interval: 50 },
      )
      .toBe("admission_expired");
    expect(performance.now() - asked).toBeLessThan(2000);
  });
});
