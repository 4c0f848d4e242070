import { sql } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Client, createClient, statement } from "@/db/client";
import { crowd, meetingOf, untilBlocked } from "@/db/testing/crowd";
import { cloneDatabase, type TestDatabase } from "@/db/testing/database";
import { admitFan, makeConcert, makeUser } from "@/db/testing/factories";
import { newId } from "@/lib/core/ids";
import { type Admission, requireAdmission } from "@/lib/queue/admission";
import { stopLines } from "@/lib/queue/line";
import { signQueueToken } from "@/lib/queue/token";
import { holdBestAvailable } from "./hold-best-available";
import { HOLD_SEATS, holdSeats } from "./hold-seats";
import { getReservation, listReservations, readSalesFigures } from "./queries";
import { releaseHold } from "./release-seats";

let test: TestDatabase;
let db: Client;
let other: Client;

beforeAll(async () => {
  test = await cloneDatabase(30);
  db = test.db;
  other = createClient(test.url, 30);
});
afterEach(() => {
  stopLines(db);
  stopLines(other);
});
afterAll(async () => {
  await other.$client.end();
  await test.drop();
});

/** A hall of one section, `rows` × `seatsPerRow`, and its seats' ids in order. */
async function makeHall(rows = 1, seatsPerRow = 10, maxSeatsPerFan = 4) {
  const { id: concertId, performances } = await makeConcert(db, {
    sections: [{ name: "A", tier: "R", rows, seatsPerRow }],
    tiers: [{ name: "R", price: 50_000 }],
    maxSeatsPerFan,
  });
  const performanceId = performances[0]?.id as string;
  const { rows: seats } = await db.execute<{ id: string }>(
    sql`select id from seats where concert_id = ${concertId} and performance_id = ${performanceId} order by row, number`,
  );
  return { concertId, performanceId, seatIds: seats.map((seat) => seat.id) };
}

async function admit(concertId: string): Promise<Admission> {
  const { id: userId } = await makeUser(db);
  const entryId = await admitFan(db, { concertId, userId });
  const token = signQueueToken({ concertId, entryId, userId, number: null, generation: 0, enteredAt: new Date() });
  return await requireAdmission(db, { token, concertId, userId });
}

const admitMany = (concertId: string, count: number) => crowd(count, () => admit(concertId));

/** Lets `race` start while the fan's entry is locked, so that all of it sees the same state, then lets it go. */
async function together<T>(admission: Admission, count: number, race: () => Promise<T>): Promise<T> {
  let running: Promise<T> | undefined;
  await db.transaction(async (tx) => {
    await tx.execute(
      sql`select 1 from queue_entries where concert_id = ${admission.concertId} and id = ${admission.entryId} for update`,
    );
    running = race();
    await untilBlocked(test.db, count);
  });
  return await (running as Promise<T>);
}

/** Moves a hold's end into the past instead of sleeping. */
async function lapse(concertId: string, reservationId: string) {
  await db.execute(
    sql`update reservations set expires_at = now() - interval '1 millisecond' where concert_id = ${concertId} and id = ${reservationId}`,
  );
  await db.execute(
    sql`update seats set held_until = now() - interval '1 millisecond' where concert_id = ${concertId} and reservation_id = ${reservationId}`,
  );
}

const codes = (outcomes: PromiseSettledResult<unknown>[]) =>
  outcomes.map((outcome) => (outcome.status === "fulfilled" ? "held" : outcome.reason.code));

describe("holdSeats", () => {
  it("holds all the seats at the locked price for the concert's time", async () => {
    const { concertId, performanceId, seatIds } = await makeHall();
    const admission = await admit(concertId);
    const held = await holdSeats(db, {
      admission,
      performanceId,
      seatIds: [seatIds[2] as string, seatIds[1] as string],
    });
    expect(held).toMatchObject({ status: "held", amount: 100_000, currency: "KRW", paidAt: null });
    expect(held.seats.map((seat) => [seat.section, seat.row, seat.number, seat.tier, seat.price])).toEqual([
      ["A", 1, 2, "R", 50_000],
      ["A", 1, 3, "R", 50_000],
    ]);
    expect(Date.parse(held.expiresAt) - Date.parse(held.createdAt)).toBe(300_000);
    expect(await getReservation(other, { concertId, reservationId: held.id, userId: admission.userId })).toEqual(held);
  });

  it("takes none when one is taken, and names it", async () => {
    const { concertId, performanceId, seatIds } = await makeHall();
    const [a, b] = await admitMany(concertId, 2);
    await holdSeats(db, { admission: a as Admission, performanceId, seatIds: [seatIds[0] as string] });
    await expect(
      holdSeats(db, { admission: b as Admission, performanceId, seatIds: seatIds.slice(0, 2) }),
    ).rejects.toMatchObject({ code: "seat_unavailable", extra: { seatIds: [seatIds[0]] } });
    expect((await readSalesFigures(db, concertId)).seats).toEqual({ available: 9, held: 1, sold: 0 });
  });

  it("lets one of 200 fans have a seat", async () => {
    const { concertId, performanceId, seatIds } = await makeHall();
    const fans = await admitMany(concertId, 200);
    const outcomes = await Promise.allSettled(
      fans.map((admission, at) =>
        holdSeats(at % 2 ? db : other, { admission, performanceId, seatIds: [seatIds[0] as string] }),
      ),
    );
    const words = codes(outcomes);
    expect(words.filter((word) => word === "held").length).toBe(1);
    expect(words.filter((word) => word === "seat_unavailable").length).toBe(199);
  });

  it("would let several have it without the check under the lock (negative control)", async () => {
    const { concertId, performanceId, seatIds } = await makeHall();
    const fans = await admitMany(concertId, 40);
    const meet = meetingOf(2);
    const unguarded = async (client: Client, admission: Admission) => {
      const { rows } = await client.execute(
        sql`select 1 from seats where concert_id = ${concertId} and id = ${seatIds[0]} and held_until is null`,
      );
      if (rows.length === 0) return false;
      await meet();
      const reservationId = newId();
      await client.execute(
        sql`update seats set reservation_id = ${reservationId}, held_until = now() + interval '5 minutes' where concert_id = ${concertId} and id = ${seatIds[0]}`,
      );
      await client.execute(sql`insert into reservations (concert_id, id, user_id, performance_id, entry_id, status, seats, seat_count, amount, currency, created_at, expires_at)
        values (${concertId}, ${reservationId}, ${admission.userId}, ${performanceId}, ${admission.entryId}, 'held', '[1]', 1, 1, 'KRW', now(), now() + interval '5 minutes')`);
      return true;
    };
    const wins = await Promise.all(fans.map((admission, at) => unguarded(at % 2 ? db : other, admission)));
    expect(wins.filter(Boolean).length).toBeGreaterThan(1);
  });

  it("neither deadlocks nor splits when sets of seats overlap in every order", async () => {
    const { concertId, performanceId, seatIds } = await makeHall(1, 12);
    const fans = await admitMany(concertId, 60);
    const outcomes = await Promise.allSettled(
      fans.map((admission, at) => {
        const start = (at * 5) % 12;
        const wanted = [0, 1, 2, 3].map((n) => seatIds[(start + n * (at % 2 ? 1 : 11)) % 12] as string);
        return holdSeats(at % 2 ? db : other, { admission, performanceId, seatIds: wanted });
      }),
    );
    expect(new Set(codes(outcomes))).toEqual(new Set(["held", "seat_unavailable"]));
    const { rows } = await db.execute<{ seats: number; held: number }>(sql`
      select seat_count as seats, (select count(*) from seats s where s.concert_id = r.concert_id and s.reservation_id = r.id) as held
      from reservations r where concert_id = ${concertId}`);
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) expect(Number(row.held)).toBe(row.seats);
  });

  it("keeps a fan's limit against that fan's own fingers", async () => {
    const { concertId, performanceId, seatIds } = await makeHall(1, 30, 4);
    const admission = await admit(concertId);
    const outcomes = await together(admission, 20, () =>
      Promise.allSettled(
        seatIds
          .slice(0, 20)
          .map((seatId, at) => holdSeats(at % 2 ? db : other, { admission, performanceId, seatIds: [seatId] })),
      ),
    );
    const words = codes(outcomes);
    expect(words.filter((word) => word === "held").length).toBe(4);
    await expect(holdSeats(db, { admission, performanceId, seatIds: [seatIds[25] as string] })).rejects.toMatchObject({
      code: "seat_limit_exceeded",
      extra: { limit: 4 },
    });
  });

  it("would break the limit without comparing `holds` (negative control)", async () => {
    const { concertId, performanceId, seatIds } = await makeHall(1, 30, 4);
    const admission = await admit(concertId);
    const guard = "and e.holds = (select holds from queue_entries where concert_id = $1 and id = $2)";
    expect(HOLD_SEATS).toContain(guard);
    const unguarded = statement<{ id: string }>("test_hold_unguarded", HOLD_SEATS.replace(guard, ""));
    const { entryId, userId } = admission;
    const outcomes = await together(admission, 20, () =>
      Promise.all(
        seatIds
          .slice(0, 20)
          .map((seatId, at) =>
            unguarded(at % 2 ? db : other, [concertId, entryId, userId, performanceId, [seatId], newId(), 0]),
          ),
      ),
    );
    expect(outcomes.filter((rows) => rows.length > 0).length).toBeGreaterThan(4);
  });

  it("gives a lapsed hold's seats to the next fan at once, without a sweep", async () => {
    const { concertId, performanceId, seatIds } = await makeHall();
    const [a, b] = (await admitMany(concertId, 2)) as [Admission, Admission];
    const first = await holdSeats(db, { admission: a, performanceId, seatIds: [seatIds[0] as string] });
    await lapse(concertId, first.id);
    const second = await holdSeats(other, { admission: b, performanceId, seatIds: [seatIds[0] as string] });
    expect(second.status).toBe("held");
    const own = { concertId, reservationId: first.id, userId: a.userId };
    expect((await getReservation(db, own)).status).toBe("expired");
    expect(await releaseHold(db, own)).toBeNull();
    expect((await readSalesFigures(db, concertId)).seats.held).toBe(1);
  });

  it("says why: unknown seat, unknown or past performance, sale not open, turn over", async () => {
    const { concertId, performanceId, seatIds } = await makeHall();
    const admission = await admit(concertId);
    const hold = (seatId: string, at = performanceId) =>
      holdSeats(db, { admission, performanceId: at, seatIds: [seatId] });
    await expect(hold(newId())).rejects.toMatchObject({ code: "not_found" });
    await expect(hold("1e309")).rejects.toMatchObject({ code: "not_found" });
    await expect(hold(seatIds[0] as string, newId())).rejects.toMatchObject({ code: "not_found" });
    await db.execute(sql`update concerts set sale_opens_at = now() + interval '1 hour' where id = ${concertId}`);
    await expect(hold(seatIds[0] as string)).rejects.toMatchObject({ code: "not_on_sale" });
    await db.execute(sql`update concerts set sale_opens_at = now() - interval '1 hour' where id = ${concertId}`);
    await db.execute(
      sql`update performances set starts_at = now() - interval '1 hour' where concert_id = ${concertId}`,
    );
    await expect(hold(seatIds[0] as string)).rejects.toMatchObject({ code: "not_on_sale" });
    await db.execute(
      sql`update queue_entries set admitted_until = now() - interval '1 second' where concert_id = ${concertId}`,
    );
    await expect(hold(seatIds[0] as string)).rejects.toMatchObject({ code: "admission_expired" });
  });

  it("keeps the admission alive until the hold ends", async () => {
    const { concertId, performanceId, seatIds } = await makeHall();
    const admission = await admit(concertId);
    await db.execute(
      sql`update queue_entries set admitted_until = now() + interval '10 seconds' where concert_id = ${concertId}`,
    );
    const held = await holdSeats(db, { admission, performanceId, seatIds: [seatIds[0] as string] });
    const { rows } = await db.execute<{ until: Date }>(
      sql`select admitted_until as until from queue_entries where concert_id = ${concertId}`,
    );
    expect(new Date(rows[0]?.until as Date).toISOString()).toBe(held.expiresAt);
  });
});

describe("holdBestAvailable", () => {
  it("starts with the front row's middle and keeps neighbours together", async () => {
    const { concertId, performanceId } = await makeHall(2, 10);
    const held = await holdBestAvailable(db, { admission: await admit(concertId), performanceId, count: 2 });
    expect(held.seats.map((seat) => [seat.row, seat.number])).toEqual([
      [1, 5],
      [1, 6],
    ]);
  });

  it("fills a hall for a crowd without giving a seat twice or splitting a pair", async () => {
    const { concertId, performanceId } = await makeHall(4, 10);
    const fans = await admitMany(concertId, 24);
    const outcomes = await Promise.allSettled(
      fans.map((admission, at) => holdBestAvailable(at % 2 ? db : other, { admission, performanceId, count: 2 })),
    );
    const taken = new Set<string>();
    for (const outcome of outcomes) {
      if (outcome.status !== "fulfilled") continue;
      const [a, b] = outcome.value.seats;
      expect(a?.row).toBe(b?.row);
      expect((b?.number ?? 0) - (a?.number ?? 0)).toBe(1);
      for (const seat of outcome.value.seats) expect(taken.has(seat.id), "a seat twice").toBe(false);
      for (const seat of outcome.value.seats) taken.add(seat.id);
    }
    expect(new Set(codes(outcomes))).toSatisfy((words: Set<string>) =>
      [...words].every((word) => word === "held" || word === "seat_unavailable"),
    );
    expect(taken.size).toBeGreaterThanOrEqual(36);
  });

  it("says that there is no such group, or that the limit is reached", async () => {
    const { concertId, performanceId } = await makeHall(3, 2);
    const admission = await admit(concertId);
    await expect(holdBestAvailable(db, { admission, performanceId, count: 3 })).rejects.toMatchObject({
      code: "seat_unavailable",
    });
    await expect(holdBestAvailable(db, { admission, performanceId, count: 5 })).rejects.toMatchObject({
      code: "seat_limit_exceeded",
    });
    await expect(holdBestAvailable(db, { admission, performanceId, count: 1, tier: "nope" })).rejects.toMatchObject({
      code: "seat_unavailable",
    });
  });
});

describe("listReservations", () => {
  it("pages through a fan's own, newest first", async () => {
    const { concertId, performanceId, seatIds } = await makeHall();
    const admission = await admit(concertId);
    const held = [];
    for (const seatId of seatIds.slice(0, 3))
      held.push(await holdSeats(db, { admission, performanceId, seatIds: [seatId] }));
    const { userId } = admission;
    const first = await listReservations(db, { userId, limit: 2 });
    expect(first.items.map((one) => one.id)).toEqual([held[2]?.id, held[1]?.id]);
    const second = await listReservations(db, { userId, limit: 2, cursor: first.nextCursor as string });
    expect(second).toEqual({ items: [held[0]], nextCursor: null });
    const { id: stranger } = await makeUser(db);
    expect((await listReservations(db, { userId: stranger, limit: 10 })).items).toEqual([]);
    await expect(
      getReservation(db, { concertId, reservationId: held[0]?.id as string, userId: stranger }),
    ).rejects.toMatchObject({ code: "not_found" });
  });
});
