import { sql } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Client, createClient } from "@/db/client";
import { cloneDatabase, type TestDatabase } from "@/db/testing/database";
import { makeConcert, makeUser } from "@/db/testing/factories";
import { raceBefore } from "@/db/testing/race-before";
import { admitNext } from "./admit-next";
import { foldHistory } from "./fold-history";
import { joinQueue } from "./join-queue";
import { leaveQueue } from "./leave-queue";
import { stopLines } from "./line";
import { readHistory, readOutlook } from "./read-history";
import { recordGauges } from "./record-gauges";
import { earlyInBucket } from "./testing/early-in-bucket";
import { type QueueClaims, readQueueToken } from "./token";
import { WAIT_BOUNDS } from "./wait-rules";

let test: TestDatabase;
let db: Client;
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

const make = async (limits: { activeLimit?: number } = {}) =>
  (await makeConcert(db, { waitingRoom: { mode: "on", activeLimit: 2, admissionsPerMinute: 60_000, ...limits } })).id;

async function joinAs(concertId: string): Promise<QueueClaims> {
  const { view } = await joinQueue(db, { concertId, userId: (await makeUser(db)).id });
  return readQueueToken(view.token as string) as QueueClaims;
}

async function tick(concertId: string) {
  await db.execute(sql`update queues set credit_at = credit_at - interval '1 minute' where concert_id = ${concertId}`);
  return await admitNext(db, concertId);
}

/** A busy room of seven: two inside, four waiting, one gone. */
async function makeBusy() {
  const id = await make();
  const fans = [];
  for (let n = 0; n < 7; n += 1) fans.push(await joinAs(id));
  await tick(id);
  await leaveQueue(db, fans[6]!);
  return id;
}

const rowsOf = async (concertId: string) =>
  (
    await db.execute<Record<string, number>>(
      sql`select * from queue_history where concert_id = ${concertId} order by at`,
    )
  ).rows;

describe("recordGauges", () => {
  it("looks once in ten seconds at each busy room, whichever process comes first", async () => {
    const [id, quiet] = [await makeBusy(), await make()];
    await earlyInBucket(db);
    await Promise.all([recordGauges(db), recordGauges(other)]);
    expect(await recordGauges(other)).toBe(0);
    const rows = await rowsOf(id);
    expect(rows.at(-1)).toMatchObject({ waiting: 4, inside: 2, seats_left: 10 });
    expect(await rowsOf(quiet)).toEqual([]);
  });

  it("follows a room that went quiet to zero and then leaves it", async () => {
    const id = await makeBusy();
    await recordGauges(db);
    const later = () =>
      db.execute(sql`update queue_history set at = at - interval '20 seconds' where concert_id = ${id}`);
    await db.execute(
      sql`update queue_entries set status = 'left', ended_at = now() where concert_id = ${id} and status in ('waiting', 'admitted')`,
    );
    await db.execute(sql`update queues set departures = departures + 4, left_inside = 2 where concert_id = ${id}`);
    for (let n = 0; n < 6; n += 1) {
      await later();
      await recordGauges(db);
    }
    // Joins may fall into the ten seconds before those of the first look.
    const looks = (await rowsOf(id)).filter(({ waiting }) => waiting !== null);
    const gauges = looks.map(({ waiting, inside }) => [waiting, inside]);
    expect(gauges[0]).toEqual([4, 2]);
    expect(gauges.slice(1).flat()).toEqual(gauges.slice(1).flatMap(() => [0, 0]));
    expect(gauges.length).toBeGreaterThan(2);
    expect(gauges.length).toBeLessThan(6);
  });
});

describe("readHistory", () => {
  it("says what happened, by points as wide as asked", async () => {
    const id = await makeBusy();
    await recordGauges(db);
    const { items, stepSeconds, now } = await readHistory(db, { concertId: id });
    expect(stepSeconds).toBe(10);
    const sum = (of: (point: (typeof items)[0]) => number) => items.reduce((total, point) => total + of(point), 0);
    expect([sum((p) => p.joined), sum((p) => p.admitted), sum((p) => p.departed)]).toEqual([7, 2, 1]);
    expect(items.at(-1)).toMatchObject({ waiting: 4, inside: 2, seatsLeft: 10, waitSecondsP50: expect.any(Number) });
    expect(now).toMatchObject({ waiting: 4, inside: 2, emptyInSeconds: null });
    const wide = await readHistory(db, { concertId: id, step: 86_400 });
    expect(wide.items.length).toBeLessThanOrEqual(2);
    expect(wide.items.at(-1)).toMatchObject({ seconds: 86_400, waiting: 4 });
  });

  it("predicts when the line has run out, by the last five minutes", async () => {
    const id = await makeBusy();
    // One row, whether or not the fans came within one row's ten seconds.
    await db.execute(sql`
      with first as (select min(at) as at from queue_history where concert_id = ${id})
      delete from queue_history h using first where h.concert_id = ${id} and h.at > first.at`);
    await db.execute(sql`
      update queue_history set at = at - interval '150 seconds', joined = 0, admitted = 3, departed = 1
      where concert_id = ${id}`);
    // Three let in and one gone in some two and a half minutes, four to go.
    const { emptyInSeconds, admittedPerMinute } = await readOutlook(db, id);
    expect(emptyInSeconds).toBeGreaterThanOrEqual(149);
    expect(emptyInSeconds).toBeLessThan(180);
    expect(admittedPerMinute).toBeCloseTo(1.2, 0);
  });

  it("refuses times and steps that do not fit", async () => {
    const id = await make();
    const at = (seconds: number) => new Date(Date.UTC(2027, 0, 1) + seconds * 1000);
    const refused = { code: "invalid_request" };
    await expect(readHistory(db, { concertId: id, from: at(0), to: at(0) })).rejects.toMatchObject(refused);
    await expect(readHistory(db, { concertId: id, from: at(0), to: at(100_010), step: 10 })).rejects.toMatchObject(
      refused,
    );
    await expect(readHistory(db, { concertId: id, from: at(-1e9), to: at(0) })).rejects.toMatchObject(refused);
    expect((await readHistory(db, { concertId: id, from: at(0), to: at(100_000), step: 10 })).items).toEqual([]);
  });
});

describe("foldHistory", () => {
  const DAYS = "make_interval(days => 3)";
  /** Two hours of ten-second rows, three days old, each with 2 joined, 1 admitted after 5 s and a gauge. */
  async function makeOld(concertId: string) {
    const waits = WAIT_BOUNDS.map((_, at) => (at === 5 ? 1 : 0)).concat(0);
    await db.execute(sql`
      insert into queue_history (concert_id, at, joined, admitted, departed, waiting, inside, seats_left, waits)
      select ${concertId}, date_bin('1 hour', now() - ${sql.raw(DAYS)}, timestamptz '2000-01-01Z') + n * interval '10 seconds',
             2, 1, 0, n, 3, 1000 - n, array[${sql.raw(waits.join(","))}]
      from generate_series(0, 719) n`);
  }
  const totals = (rows: Record<string, number>[]) => ({
    rows: rows.length,
    joined: rows.reduce((sum, row) => sum + (row.joined ?? 0), 0),
    admitted: rows.reduce((sum, row) => sum + (row.admitted ?? 0), 0),
    waited: rows.reduce((sum, row) => sum + Number((row.waits as unknown as number[])?.[5] ?? 0), 0),
  });

  it("makes minutes of what is older than a day, with nothing lost", async () => {
    const id = await make();
    await makeOld(id);
    const fresh = await makeBusy();
    const before = await rowsOf(fresh);
    while ((await foldHistory(db, 1)) > 0);
    const rows = await rowsOf(id);
    expect(totals(rows)).toEqual({ rows: 120, joined: 1440, admitted: 720, waited: 720 });
    expect(rows[0]).toMatchObject({ seconds: 60, joined: 12, waiting: 3, inside: 3, seats_left: 995 });
    expect(await rowsOf(fresh)).toEqual(before);
    const from = new Date(Date.now() - 4 * 86_400_000);
    const { items } = await readHistory(db, { concertId: id, from, step: 60 });
    expect(items[0]).toMatchObject({ seconds: 60, joined: 12, waitSecondsP50: 6 });
  });

  it("makes ten minutes of what is older than two weeks", async () => {
    const id = await make();
    await makeOld(id);
    await db.execute(sql`update queue_history set at = at - interval '20 days' where concert_id = ${id}`);
    while ((await foldHistory(db)) > 0);
    expect(totals(await rowsOf(id))).toEqual({ rows: 12, joined: 1440, admitted: 720, waited: 720 });
  });

  it("comes to the same when several processes fold at once", async () => {
    const id = await make();
    await makeOld(id);
    const folding = Array.from({ length: 6 }, async (_, at) => {
      while ((await foldHistory(at % 2 ? db : other)) > 0);
    });
    await Promise.all(folding);
    expect(totals(await rowsOf(id))).toEqual({ rows: 120, joined: 1440, admitted: 720, waited: 720 });
  });

  it("would count twice if what is folded were added to what is there (negative control)", async () => {
    const id = await make();
    await makeOld(id);
    const adding = sql`
      with sums as (
        select date_bin('60 seconds', at, timestamptz '2000-01-01Z') as bin, sum(joined)::int as joined
        from queue_history where concert_id = ${id} group by 1),
      gone as (delete from queue_history where concert_id = ${id} and at <> date_bin('60 seconds', at, timestamptz '2000-01-01Z'))
      insert into queue_history (concert_id, at, seconds, joined) select ${id}, bin, 60, joined from sums
      on conflict (concert_id, at) do update set seconds = 60, joined = queue_history.joined + excluded.joined`;
    const locking = sql`select from queue_history where concert_id = ${id} for update`;
    await raceBefore(test.url, locking, 2, [() => db.execute(adding), () => other.execute(adding)]);
    expect(totals(await rowsOf(id)).joined).toBeGreaterThan(1440);
  });
});
