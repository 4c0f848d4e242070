import { sql } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Client, createClient } from "@/db/client";
import { cloneDatabase, type TestDatabase } from "@/db/testing/database";
import { inDays, makeConcert, makeUser } from "@/db/testing/factories";
import { holdSeats } from "@/lib/booking/hold-seats";
import { payReservation } from "@/lib/payment/pay-reservation";
import { requireAdmission } from "./admission";
import { admitNext } from "./admit-next";
import { changeRoom } from "./change-room";
import { foldQueue } from "./fold-queue";
import { joinQueue } from "./join-queue";
import { leaveQueue } from "./leave-queue";
import { stopLines } from "./line";
import { pollQueue } from "./poll-queue";
import { queueStats } from "./queries";
import { type QueueClaims, readQueueToken } from "./token";

let test: TestDatabase;
let db: Client;
let other: Client;

beforeAll(async () => {
  test = await cloneDatabase();
  db = test.db;
  other = createClient(test.url, 20);
});
afterEach(async () => {
  stopLines(db);
  stopLines(other);
  // Each test has the only queue that can be folded.
  await db.execute(sql`update queues set closes_at = null`);
  await db.execute(sql`update performances set starts_at = now() + interval '30 days' + (starts_at - now())`);
});
afterAll(async () => {
  await other.$client.end();
  await test.drop();
});

async function joinAs(concertId: string) {
  const { id: userId } = await makeUser(db, { balance: 100_000 });
  const { view } = await joinQueue(db, { concertId, userId });
  const token = view.token as string;
  return { userId, token, concertId, claims: readQueueToken(token) as QueueClaims };
}

async function tick(concertId: string) {
  await db.execute(sql`update queues set credit_at = credit_at - interval '1 minute' where concert_id = ${concertId}`);
  return await admitNext(db, concertId);
}

/** A sale of thirty fans: one has bought, one gave the turn up, one ran out of time, twenty-seven left the line. */
async function makeSale() {
  const concert = await makeConcert(db, { waitingRoom: { mode: "on", activeLimit: 3, admissionsPerMinute: 60_000 } });
  const { id } = concert;
  const fans = [];
  for (let n = 0; n < 30; n += 1) fans.push(await joinAs(id));
  await tick(id);
  const [buyer, leaver] = [fans[0]!, fans[1]!];
  const { rows } = await db.execute<{ id: string }>(
    sql`select id from seats where concert_id = ${id} order by row, number limit 4`,
  );
  const admission = await requireAdmission(db, buyer);
  const performanceId = concert.performances[0]!.id;
  const reservation = await holdSeats(db, { admission, performanceId, seatIds: rows.map((seat) => seat.id) });
  await payReservation(db, { admission, reservationId: reservation.id });
  await leaveQueue(db, leaver.claims);
  await changeRoom(db, { concertId: id, change: { mode: "paused" } });
  for (const fan of fans.slice(3)) await leaveQueue(db, fan.claims);
  await db.execute(
    sql`update queue_entries set status = 'completed' where concert_id = ${id} and id = ${buyer.claims.entryId}`,
  );
  await db.execute(
    sql`update queue_entries set admitted_until = now() - interval '1 second' where concert_id = ${id} and status = 'admitted'`,
  );
  await tick(id);
  return { id, fans };
}

const close = (id: string) =>
  db.execute(sql`update queues set closes_at = now() - interval '2 days' where concert_id = ${id}`);

const count = async (table: string, id: string) =>
  Number((await db.execute(sql.raw(`select count(*) as n from ${table} where concert_id = '${id}'`))).rows[0]?.n);

const kept = async (id: string) => ({
  stats: await queueStats(db, id),
  reservations: await count("reservations", id),
  tickets: await count("tickets", id),
  payments: await count("payments", id),
  changes: await count("queue_changes", id),
  joined: Number(
    (await db.execute(sql`select sum(joined) as n from queue_history where concert_id = ${id}`)).rows[0]?.n,
  ),
});

async function foldAll(client: Client, limit: number) {
  const steps = [];
  for (let folded = await foldQueue(client, limit); folded > 0; folded = await foldQueue(client, limit))
    steps.push(folded);
  return steps;
}

describe("foldQueue", () => {
  it("removes an ended queue in small steps; numbers, reservations, tickets and log stay", async () => {
    const { id, fans } = await makeSale();
    const before = await kept(id);
    expect(before.stats).toMatchObject({ waiting: 0, admitted: 0, completed: 1, left: 28, expired: 1 });
    expect(before).toMatchObject({ reservations: 1, tickets: 4, joined: 30 });
    expect(await foldQueue(db)).toBe(0);
    await close(id);
    // Stopped after a step and taken up by another process.
    expect(await foldQueue(db, 7)).toBe(7);
    expect(await kept(id)).toEqual(before);
    const steps = await foldAll(other, 7);
    expect(Math.max(...steps)).toBeLessThanOrEqual(7);
    expect(steps.reduce((sum, folded) => sum + folded, 0)).toBe(23 + 27);
    expect([await count("queue_entries", id), await count("queue_departures", id)]).toEqual([0, 0]);
    expect(await kept(id)).toEqual(before);
    await expect(pollQueue(db, fans[5]!.claims)).rejects.toMatchObject({ code: "queue_token_invalid" });
  });

  it("also does so when the last performance is past", async () => {
    const { id } = await makeSale();
    await db.execute(sql`update performances set starts_at = now() - interval '2 days' where concert_id = ${id}`);
    await foldAll(db, 100);
    expect(await count("queue_entries", id)).toBe(0);
  });

  it("leaves alone what is not over, what ended today, and where anybody still has a place", async () => {
    const { id } = await makeSale();
    const live = await joinAs(id);
    await close(id);
    expect(await foldQueue(db)).toBe(0);
    await leaveQueue(db, live.claims);
    await db.execute(sql`update queues set closes_at = now() - interval '1 hour' where concert_id = ${id}`);
    expect(await foldQueue(db)).toBe(0);
    await db.execute(sql`update queues set closes_at = now() + interval '1 hour' where concert_id = ${id}`);
    expect(await foldQueue(db)).toBe(0);
    expect(await count("queue_entries", id)).toBe(31);
  });

  it("is safe with several processes at once", async () => {
    const { id } = await makeSale();
    const before = await kept(id);
    await close(id);
    const steps = await Promise.all(Array.from({ length: 6 }, (_, at) => foldAll(at % 2 ? db : other, 4)));
    while ((await foldQueue(db, 4)) > 0);
    expect(await count("queue_entries", id)).toBe(0);
    expect(await kept(id)).toEqual(before);
    const { rows } = await db.execute<{ folded: number }>(sql`select folded from queues where concert_id = ${id}`);
    expect(Number(rows[0]?.folded)).toBe(30);
    expect(steps.flat().reduce((sum, folded) => sum + folded, 0)).toBeLessThanOrEqual(57);
  });

  it("lets the line begin again where a date is added: numbers go on, places are exact", async () => {
    const { id } = await makeSale();
    await close(id);
    await foldAll(db, 100);
    await db.execute(sql`update queues set closes_at = ${inDays(30)} where concert_id = ${id}`);
    const [first, second] = [await joinAs(id), await joinAs(id)];
    expect(first.claims.number).toBe(31);
    expect((await pollQueue(db, second.claims)).position).toBe(2);
    expect((await pollQueue(other, second.claims)).position).toBe(2);
    expect(await queueStats(db, id)).toMatchObject({ waiting: 2 });
    await changeRoom(db, { concertId: id, change: { mode: "on" } });
    expect(await tick(id)).toBe(2);
  });

  it("asks again at each step, and would take the place of a fan who joined meanwhile if it did not (negative control)", async () => {
    const { id } = await makeSale();
    await close(id);
    await foldQueue(db, 5);
    await db.execute(sql`update queues set closes_at = ${inDays(30)} where concert_id = ${id}`);
    const fan = await joinAs(id);
    expect(await foldQueue(db)).toBe(0);
    await expect(requireAdmission(db, fan)).rejects.toMatchObject({ code: "queue_waiting" });
    await db.execute(sql`delete from queue_entries where concert_id = ${id}`);
    await expect(requireAdmission(db, fan)).rejects.toMatchObject({ code: "queue_token_invalid" });
  });
});
