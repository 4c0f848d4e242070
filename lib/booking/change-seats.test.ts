import { sql } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Client, createClient } from "@/db/client";
import { untilBlocked } from "@/db/testing/crowd";
import { cloneDatabase, type TestDatabase } from "@/db/testing/database";
import { newId } from "@/lib/core/ids";
import type { Admission } from "@/lib/queue/admission";
import { stopLines } from "@/lib/queue/line";
import { changeSeats } from "./change-seats";
import { holdSeats } from "./hold-seats";
import { releaseHold } from "./release-seats";
import { settleReservation } from "./settle-reservation";
import { admit, admitMany, lapse, makeHall, outcomes, type TestHall, takenSeats } from "./testing/hall";

let test: TestDatabase;
let db: Client;
let other: Client;

beforeAll(async () => {
  test = await cloneDatabase(30);
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

const at = ({ seatIds }: TestHall, ...numbers: number[]): string[] => numbers.map((n) => seatIds[n - 1] as string);

async function makeHold(numbers: number[], hall?: TestHall) {
  const known = hall ?? (await makeHall(db));
  const admission = await admit(db, known.concertId);
  const { performanceId } = known;
  const held = await holdSeats(db, { admission, performanceId, seatIds: at(known, ...numbers) });
  const change = (wanted: number[], client = db) =>
    changeSeats(client, { admission, reservationId: held.id, seatIds: at(known, ...wanted) });
  return {
    hall: known,
    admission,
    held,
    change,
    whose: { concertId: known.concertId, reservationId: held.id, userId: admission.userId },
  };
}

const numbersOf = (one: { seats: { number: number }[] }) => one.seats.map(({ number }) => number);

describe("changeSeats", () => {
  it("keeps, takes and drops, for the database's price and to the same end", async () => {
    const { hall, held, change } = await makeHold([1, 2]);
    const changed = await change([4, 2, 3]);
    expect(numbersOf(changed)).toEqual([2, 3, 4]);
    expect(changed).toMatchObject({ id: held.id, status: "held", amount: 150_000, expiresAt: held.expiresAt });
    expect([...(await takenSeats(db, hall.concertId)).keys()].sort()).toEqual(at(hall, 2, 3, 4).sort());
    const next = await makeHold([1], hall);
    expect(numbersOf(next.held)).toEqual([1]);
    expect(numbersOf(await change([2, 3, 4]))).toEqual([2, 3, 4]);
    expect(numbersOf(await change([9]))).toEqual([9]);
  });

  it("takes none of the new ones when one is taken, and loses none of the old", async () => {
    const { hall, change } = await makeHold([1, 2]);
    const { held } = await makeHold([5], hall);
    await expect(change([2, 4, 5])).rejects.toMatchObject({
      code: "seat_unavailable",
      extra: { seatIds: at(hall, 5) },
    });
    const taken = await takenSeats(db, hall.concertId);
    expect([...taken.keys()].sort()).toEqual(at(hall, 1, 2, 5).sort());
    expect(taken.get(at(hall, 5)[0] as string)).toBe(held.id);
  });

  it("keeps the fan's limit, whatever else the fan holds", async () => {
    const { hall, admission, change } = await makeHold([1, 2]);
    await expect(change([1, 2, 3, 4, 5])).rejects.toMatchObject({ code: "seat_limit_exceeded", extra: { limit: 4 } });
    await holdSeats(db, { admission, performanceId: hall.performanceId, seatIds: at(hall, 9) });
    await expect(change([1, 2, 3, 4])).rejects.toMatchObject({ code: "seat_limit_exceeded" });
    expect(numbersOf(await change([1, 2, 3]))).toEqual([1, 2, 3]);
  });

  it("keeps the limit against a hold of the same fan at the same moment", async () => {
    const { hall, admission, change } = await makeHold([1, 2]);
    let running: Promise<PromiseSettledResult<unknown>[]> | undefined;
    await db.transaction(async (tx) => {
      await tx.execute(sql`select 1 from queue_entries where id = ${admission.entryId} for update`);
      running = Promise.allSettled([
        change([1, 2, 3, 4]),
        holdSeats(other, { admission, performanceId: hall.performanceId, seatIds: at(hall, 7, 8) }),
      ]);
      await untilBlocked(db, 2);
    });
    expect(outcomes((await running) as PromiseSettledResult<unknown>[]).sort()).toEqual(["ok", "seat_limit_exceeded"]);
    expect((await takenSeats(db, hall.concertId)).size).toBe(4);
  });

  it("is refused for what is paid, released, over, another's or unknown", async () => {
    const paid = await makeHold([1]);
    await db.transaction((tx) => settleReservation(tx, { admission: paid.admission, reservationId: paid.held.id }));
    await expect(paid.change([2])).rejects.toMatchObject({ code: "reservation_already_paid" });
    const released = await makeHold([1]);
    await releaseHold(db, released.whose);
    await expect(released.change([2])).rejects.toMatchObject({ code: "reservation_cancelled" });
    const over = await makeHold([1]);
    await lapse(db, { concertId: over.hall.concertId, id: over.held.id });
    await expect(over.change([2])).rejects.toMatchObject({ code: "reservation_expired" });
    const good = await makeHold([1]);
    const { concertId } = good.hall;
    const call = (reservationId: string, admission: Admission, seatIds: string[]) =>
      changeSeats(db, { admission, reservationId, seatIds });
    await expect(call(good.held.id, await admit(db, concertId), at(good.hall, 2))).rejects.toMatchObject({
      code: "not_found",
    });
    await expect(call(good.held.id, good.admission, [newId()])).rejects.toMatchObject({ code: "not_found" });
    await expect(call(good.held.id, good.admission, ["x"])).rejects.toMatchObject({ code: "not_found" });
    await expect(call(good.held.id, good.admission, at(over.hall, 2))).rejects.toMatchObject({ code: "not_found" });
    await db.execute(sql`update concerts set sale_closes_at = now() where id = ${concertId}`);
    await expect(good.change([2])).rejects.toMatchObject({ code: "not_on_sale" });
    await db.execute(sql`update queue_entries set admitted_until = now() where id = ${good.admission.entryId}`);
    await db.execute(sql`update concerts set sale_closes_at = null where id = ${concertId}`);
    await expect(good.change([2])).rejects.toMatchObject({ code: "admission_expired" });
  });

  it("neither deadlocks nor loses a seat while a crowd swaps and holds in every order", async () => {
    const hall = await makeHall(db, { seatsPerRow: 24 });
    const swappers = await Promise.all([1, 4, 7, 10, 13, 16].map((n) => makeHold([n, n + 1], hall)));
    const newcomers = await admitMany(db, hall.concertId, 12);
    const settled = await Promise.allSettled([
      ...swappers.flatMap(({ change }, n) => [
        change([1 + 3 * n, 24 - n, ((n * 5) % 24) + 1].filter(unique), n % 2 ? db : other),
        change([((n * 7) % 24) + 1, 2 + 3 * n].filter(unique), n % 2 ? other : db),
      ]),
      ...newcomers.map((admission, n) =>
        holdSeats(n % 2 ? db : other, {
          admission,
          performanceId: hall.performanceId,
          seatIds: at(hall, ...[24 - n, ((n * 11) % 24) + 1, 3].filter(unique)),
        }),
      ),
    ]);
    for (const word of outcomes(settled)) expect(["ok", "seat_unavailable"]).toContain(word);
    const { rows } = await db.execute<{ id: string; listed: number; has: number }>(sql`
      select r.id, seat_count as listed,
        (select count(*) from seats s where s.concert_id = r.concert_id and s.reservation_id = r.id and s.held_until > now()
           and r.seats @> jsonb_build_array(jsonb_build_object('id', s.id))) as has
      from reservations r where concert_id = ${hall.concertId} and status = 'held'`);
    for (const row of rows) expect(Number(row.has), row.id).toBe(row.listed);
    expect((await takenSeats(db, hall.concertId)).size).toBe(rows.reduce((sum, { listed }) => sum + listed, 0));
  });

  it("would lose a kept seat if it let go and held again (negative control)", async () => {
    const { hall, admission, whose } = await makeHold([1, 2]);
    const [quick] = (await admitMany(db, hall.concertId, 1)) as [Admission];
    await releaseHold(db, whose);
    await holdSeats(other, { admission: quick, performanceId: hall.performanceId, seatIds: at(hall, 2) });
    await expect(
      holdSeats(db, { admission, performanceId: hall.performanceId, seatIds: at(hall, 2, 3) }),
    ).rejects.toMatchObject({ code: "seat_unavailable" });
  });
});

const unique = (value: number, index: number, all: number[]) => all.indexOf(value) === index;
