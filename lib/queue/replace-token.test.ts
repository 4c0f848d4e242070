import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Client, createClient } from "@/db/client";
import { cloneDatabase, type TestDatabase } from "@/db/testing/database";
import { makeConcert, makeUser } from "@/db/testing/factories";
import { newId } from "@/lib/core/ids";
import { requireAdmission } from "./admission";
import { admitNext } from "./admit-next";
import { joinQueue } from "./join-queue";
import { leaveQueue } from "./leave-queue";
import { knownLine, stopLines } from "./line";
import { pollQueue, pollWaiting } from "./poll-queue";
import { replaceToken } from "./replace-token";
import { type QueueClaims, readQueueToken, signQueueToken } from "./token";

let test: TestDatabase;
let db: Client;
/** A second server process on the same database, as far as the database can tell. */
let other: Client;

beforeAll(async () => {
  test = await cloneDatabase();
  db = test.db;
  other = createClient(test.url, 5);
});
afterEach(() => {
  stopLines(db);
  stopLines(other);
});
afterAll(async () => {
  await other.$client.end();
  await test.drop();
});

const waitingRoom = {
  mode: "on",
  order: "fifo",
  activeLimit: 1,
  admissionsPerMinute: 60_000,
  sessionSeconds: 600,
  claimSeconds: 120,
} as const;

const claimsOf = (token: string) => readQueueToken(token) as QueueClaims;

async function joinAs(concertId: string) {
  const { id: userId } = await makeUser(db);
  const { view } = await joinQueue(db, { concertId, userId });
  return { userId, token: view.token as string, claims: claimsOf(view.token as string) };
}

async function replaced(concertId: string, userId: string) {
  const view = await replaceToken(db, { concertId, userId });
  return { token: view.token as string, claims: claimsOf(view.token as string), view };
}

describe("replaceToken", () => {
  it("keeps the place and refuses the old token in line, here at once and elsewhere with the next snapshot", async () => {
    const { id } = await makeConcert(db, { waitingRoom });
    await joinAs(id);
    const fan = await joinAs(id);
    expect(JSON.parse(pollWaiting(db, fan.claims) as string).position).toBe(2);
    expect((await pollQueue(other, fan.claims)).position).toBe(2);
    const fresh = await replaced(id, fan.userId);
    expect(fresh.view).toMatchObject({ number: 2, position: 2 });
    expect(fresh.claims).toEqual({ ...fan.claims, generation: 1 });
    expect(pollWaiting(db, fan.claims)).toBeNull();
    await expect(pollQueue(db, fan.claims)).rejects.toMatchObject({ code: "queue_token_invalid" });
    // The first may be a read that was under way before.
    await knownLine(other, id)?.read();
    await knownLine(other, id)?.read();
    await expect(pollQueue(other, fan.claims)).rejects.toMatchObject({ code: "queue_token_invalid" });
    expect(JSON.parse(pollWaiting(other, fresh.claims) as string).position).toBe(2);
  });

  it("would leave the old token good where a process never read the replacement (negative control)", async () => {
    const { id } = await makeConcert(db, { waitingRoom });
    const fan = await joinAs(id);
    expect((await pollQueue(other, fan.claims)).position).toBe(1);
    const line = knownLine(other, id);
    line?.stop();
    await replaced(id, fan.userId);
    expect(line?.isCurrent(fan.claims.number as number, fan.claims.generation)).toBe(true);
  });

  it("refuses the old token of somebody inside, also while the new one is in use", async () => {
    const { id } = await makeConcert(db, { waitingRoom });
    const fan = await joinAs(id);
    expect(await admitNext(db, id)).toBe(1);
    const gate = (token: string) => requireAdmission(db, { token, concertId: id, userId: fan.userId });
    await gate(fan.token);
    const fresh = await replaced(id, fan.userId);
    await gate(fresh.token);
    await expect(gate(fan.token)).rejects.toMatchObject({ code: "queue_token_invalid" });
    await gate(fresh.token);
    await expect(pollQueue(db, fan.claims)).rejects.toMatchObject({ code: "queue_token_invalid" });
  });

  it("keeps whoever holds an old token from giving the place up", async () => {
    const { id } = await makeConcert(db, { waitingRoom });
    const fan = await joinAs(id);
    const fresh = await replaced(id, fan.userId);
    await expect(leaveQueue(db, fan.claims)).rejects.toMatchObject({ code: "queue_token_invalid" });
    expect((await pollQueue(db, fresh.claims)).status).toBe("waiting");
    const [old, own, again] = await Promise.allSettled(
      [fan.claims, fresh.claims, fresh.claims].map((claims) => leaveQueue(db, claims)),
    );
    expect(old).toMatchObject({ status: "rejected", reason: { code: "queue_token_invalid" } });
    expect([own, again]).toMatchObject([{ value: "waiting" }, { value: null }]);
  });

  it("does nothing for a fan without a place, and only so often for one who has one", async () => {
    const { id } = await makeConcert(db, { waitingRoom });
    await expect(replaced(id, newId())).rejects.toMatchObject({ code: "not_found" });
    const fan = await joinAs(id);
    for (let n = 1; n <= 5; n += 1) expect((await replaced(id, fan.userId)).claims.generation).toBe(n);
    await expect(replaced(id, fan.userId)).rejects.toMatchObject({
      code: "rate_limited",
      retryAfter: expect.any(Number),
    });
    expect((await pollQueue(db, { ...fan.claims, generation: 5 })).status).toBe("waiting");
  });

  it("is no help to another account that has the token", async () => {
    const { id } = await makeConcert(db, { waitingRoom });
    const [fan, thief] = [await joinAs(id), await joinAs(id)];
    const lent = signQueueToken(fan.claims);
    await expect(requireAdmission(db, { token: lent, concertId: id, userId: thief.userId })).rejects.toMatchObject({
      code: "queue_token_invalid",
    });
  });
});
