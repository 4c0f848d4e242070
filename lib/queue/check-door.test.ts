import { createHash } from "node:crypto";
import { eq, sql } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { findProof } from "@/components/queue/find-nonce";
import { type Client, createClient } from "@/db/client";
import { queueAttempts, queueRevocations, queues } from "@/db/schema/queue";
import { crowd } from "@/db/testing/crowd";
import { cloneDatabase, type TestDatabase } from "@/db/testing/database";
import { makeConcert, makeUser } from "@/db/testing/factories";
import { newId } from "@/lib/core/ids";
import { AddressTally } from "./address-tally";
import { changeRoom } from "./change-room";
import { joinQueue } from "./join-queue";
import { leaveQueue } from "./leave-queue";
import { stopLines } from "./line";
import { checkProof, makeChallenge } from "./proof-of-work";
import { replaceToken } from "./replace-token";
import { ADDRESS_LIMIT, LEAVE_LIMIT } from "./rules";
import type { Challenge } from "./schema";
import { tidyDoor } from "./tidy-door";
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
  vi.useRealTimers();
  stopLines(db);
  stopLines(other);
});
afterAll(async () => {
  await other.$client.end();
  await test.drop();
});

const pausedRoom = {
  waitingRoom: {
    mode: "paused",
    order: "fifo",
    activeLimit: 1,
    admissionsPerMinute: 60,
    sessionSeconds: 600,
    claimSeconds: 120,
  },
} as const;

const makeLine = async (): Promise<string> => (await makeConcert(db, pausedRoom)).id;

type More = { address?: string; proof?: string };

async function joinNew(concertId: string, more: More = {}, client = db) {
  return await joinQueue(client, { concertId, userId: newId(), ...more });
}

const codes = (outcomes: PromiseSettledResult<unknown>[]) =>
  outcomes.map((outcome) => (outcome.status === "fulfilled" ? "joined" : outcome.reason.code));

async function leaveAgain(concertId: string, userId: string, client = db): Promise<void> {
  const { token = "" } = (await joinQueue(client, { concertId, userId })).view;
  await leaveQueue(client, readQueueToken(token) as QueueClaims);
}

describe("leaving and joining over and over", () => {
  it("is refused for that fan alone, on every process, until the window is over", async () => {
    const id = await makeLine();
    const { id: userId } = await makeUser(db);
    for (let n = 0; n < LEAVE_LIMIT.limit; n += 1) await leaveAgain(id, userId, n % 2 ? db : other);
    for (const client of [db, other]) {
      const [refused, welcome] = await Promise.allSettled([
        joinQueue(client, { concertId: id, userId }),
        joinNew(id, {}, client),
      ]);
      expect(refused).toMatchObject({ reason: { code: "rate_limited", retryAfter: expect.any(Number) } });
      expect(welcome.status).toBe("fulfilled");
    }
    await db.update(queueAttempts).set({ endsAt: sql`now()` }).where(eq(queueAttempts.concertId, id));
    expect((await joinQueue(db, { concertId: id, userId })).created).toBe(true);
  });

  it("would go on for ever if leaving were not counted (negative control)", async () => {
    const id = await makeLine();
    const { id: userId } = await makeUser(db);
    for (let n = 0; n < LEAVE_LIMIT.limit + 2; n += 1) {
      await leaveAgain(id, userId);
      await db.delete(queueAttempts).where(eq(queueAttempts.concertId, id));
    }
    expect((await joinQueue(db, { concertId: id, userId })).created).toBe(true);
  });

  it("does not count a place that is asked for again, nor a place that was given up before", async () => {
    const id = await makeLine();
    const { id: userId } = await makeUser(db);
    for (let n = 0; n < LEAVE_LIMIT.limit + 5; n += 1) await joinQueue(db, { concertId: id, userId });
    const { token = "" } = (await joinQueue(db, { concertId: id, userId })).view;
    const claims = readQueueToken(token) as QueueClaims;
    for (let n = 0; n < LEAVE_LIMIT.limit + 5; n += 1) await leaveQueue(db, claims);
    expect((await joinQueue(db, { concertId: id, userId })).created).toBe(true);
  });
});

describe("many from one address", () => {
  it("are refused beyond the limit, whichever process they come to; others and those without an address join", async () => {
    const id = await makeLine();
    const many = (count: number, address: string) =>
      crowd(count, async (at) => (await Promise.allSettled([joinNew(id, { address }, at % 2 ? db : other)]))[0]);
    const joined = codes((await many(ADDRESS_LIMIT.limit, "203.0.113.7")) as never);
    expect(joined.every((code) => code === "joined")).toBe(true);
    expect(codes((await many(5, "203.0.113.7")) as never)).toEqual(Array(5).fill("rate_limited"));
    expect(codes((await many(5, "203.0.113.8")) as never)).toEqual(Array(5).fill("joined"));
    expect((await joinNew(id)).created).toBe(true);
  });

  it("would all get in if each process counted for itself (negative control)", () => {
    const [one, two] = [new AddressTally(60), new AddressTally(60)];
    const half = ADDRESS_LIMIT.limit / 2 + 5;
    const counted = [one, two].map((tally) => Array.from({ length: half }, () => tally.add("a", 1)));
    const totals = counted.map((counts) => counts.reduce((sum, count) => sum + count, 0));
    expect(Math.max(...totals)).toBeLessThan(ADDRESS_LIMIT.limit);
    expect((totals[0] ?? 0) + (totals[1] ?? 0)).toBeGreaterThan(ADDRESS_LIMIT.limit);
  });

  it("cost the database nothing while they are few, and are all counted once they are many", () => {
    let now = 0;
    const tally = new AddressTally(60, () => now);
    const counts = Array.from({ length: 25 }, () => tally.add("a", 1));
    expect(counts).toEqual([...Array(20).fill(0), 21, 1, 1, 1, 1]);
    expect(tally.add("b", 30)).toBe(30);
    now = 60_000;
    expect(tally.add("a", 1)).toBe(0);
  });
});

const easy = { challengeAbove: 3, challengeBits: 8 };

describe("proof of work", () => {
  it("is asked of nobody unless the organiser says so", async () => {
    const id = await makeLine();
    const outcomes = await Promise.allSettled(Array.from({ length: 50 }, () => joinNew(id)));
    expect(codes(outcomes)).toEqual(Array(50).fill("joined"));
  });

  it("is asked of everyone once too many join in a second, and lets in whoever has done it", async () => {
    const id = await makeLine();
    await changeRoom(db, { concertId: id, change: easy });
    const early = await Promise.all([joinNew(id), joinNew(id)]);
    expect(early.map(({ created }) => created)).toEqual([true, true]);
    const refused = await Promise.allSettled(Array.from({ length: 10 }, () => joinNew(id)));
    expect(new Set(codes(refused))).toEqual(new Set(["rate_limited"]));
    const userId = newId();
    const error = await joinQueue(other, { concertId: id, userId }).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: "rate_limited", retryAfter: 30, extra: { challenge: { bits: 8 } } });
    const { text, bits } = error.extra.challenge as Challenge;
    const proof = await findProof(text, bits);
    const { created, view } = await joinQueue(db, { concertId: id, userId, proof });
    expect([created, view.number]).toEqual([true, 3]);
    // Whoever is in line already needs none.
    expect((await joinQueue(other, { concertId: id, userId })).view.number).toBe(3);
    await db.update(queues).set({ challengedUntil: sql`now()` }).where(eq(queues.concertId, id));
    await db.update(queues).set({ joinSecond: sql`now() - interval '5 seconds'` }).where(eq(queues.concertId, id));
    expect((await joinNew(id)).created).toBe(true);
  });

  it("is good once", async () => {
    const id = await makeLine();
    await changeRoom(db, { concertId: id, change: { ...easy, challengeAbove: 0 } });
    const userId = newId();
    const { text, bits } = makeChallenge({ concertId: id, userId, bits: 8 });
    const proof = await findProof(text, bits);
    const { token = "" } = (await joinQueue(db, { concertId: id, userId, proof })).view;
    await leaveQueue(db, readQueueToken(token) as QueueClaims);
    for (const client of [db, other]) {
      await expect(joinQueue(client, { concertId: id, userId, proof })).rejects.toMatchObject({
        code: "rate_limited",
        extra: { challenge: { bits: 8 } },
      });
    }
    // The negative control: what remembers it is the row that the first join left.
    await db.delete(queueAttempts).where(eq(queueAttempts.concertId, id));
    expect((await joinQueue(db, { concertId: id, userId, proof })).created).toBe(true);
  });

  it("is of no use to another fan, at another line, too late, changed or without the work", async () => {
    const asked = { concertId: newId(), userId: newId() };
    const { text, bits, expiresAt } = makeChallenge({ ...asked, bits: 10 });
    expect(Date.parse(expiresAt) - Date.now()).toBeGreaterThan(110_000);
    const proof = await findProof(text, bits);
    expect(checkProof(proof, asked)).toMatch(/^[\w-]{16}$/);
    expect(createHash("sha256").update(proof).digest()[0]).toBe(0);
    expect(checkProof(proof, { ...asked, userId: newId() })).toBeNull();
    expect(checkProof(proof, { ...asked, concertId: newId() })).toBeNull();
    const at = text.length - 3;
    expect(checkProof(`${text.slice(0, at)}${text[at] === "A" ? "B" : "A"}${proof.slice(at + 1)}`, asked)).toBeNull();
    const lazy = Array.from({ length: 40 }, (_, n) => `${text}.${n}`);
    expect(lazy.filter((attempt) => attempt !== proof && checkProof(attempt, asked)).length).toBeLessThan(3);
    for (const text of ["", ".", "x.1", `${proof}0x`, `${"A".repeat(150)}.1`])
      expect(checkProof(text, asked)).toBeNull();
    vi.useFakeTimers({ now: Date.now() + 121_000, toFake: ["Date"] });
    expect(checkProof(proof, asked)).toBeNull();
  });
});

describe("tidyDoor", () => {
  it("forgets what is over, and nothing else", async () => {
    const id = await makeLine();
    const [gone, stays] = [await makeUser(db), await makeUser(db)];
    await leaveAgain(id, gone.id);
    await db.update(queueAttempts).set({ endsAt: sql`now()` }).where(eq(queueAttempts.concertId, id));
    await leaveAgain(id, stays.id);
    const { view } = await joinQueue(db, { concertId: id, userId: stays.id });
    await replaceToken(db, { concertId: id, userId: stays.id });
    await tidyDoor(db);
    const keys = await db.select().from(queueAttempts).where(eq(queueAttempts.concertId, id));
    expect(keys.map(({ key }) => key).sort()).toEqual([`left:${stays.id}`, `token:${stays.id}`].sort());
    const revoked = () => db.select().from(queueRevocations).where(eq(queueRevocations.concertId, id));
    expect(await revoked()).toHaveLength(1);
    await db
      .update(queues)
      .set({ servedThrough: view.number as number })
      .where(eq(queues.concertId, id));
    expect(await tidyDoor(db)).toBe(1);
    expect(await revoked()).toHaveLength(0);
  });
});
