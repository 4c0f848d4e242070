import { sql } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Client, createClient } from "@/db/client";
import { meetingOf } from "@/db/testing/crowd";
import { cloneDatabase, type TestDatabase } from "@/db/testing/database";
import { forgetSeats, lookAtHall } from "@/lib/catalog/seat-availability";
import type { Admission } from "@/lib/queue/admission";
import { stopLines } from "@/lib/queue/line";
import { holdBestAvailable } from "./hold-best-available";
import { holdSeats } from "./hold-seats";
import { pickSeats } from "./pick-seats";
import type { Reservation } from "./schema";
import { admit, admitMany, lapse, makeHall, nobodyAlone, outcomes, type TestHall } from "./testing/hall";

let test: TestDatabase;
let db: Client;
let other: Client;

beforeAll(async () => {
  test = await cloneDatabase(15);
  db = test.db;
  other = createClient(test.url, 15);
});
afterEach(() => {
  stopLines(db);
  stopLines(other);
});
afterAll(async () => {
  await other.$client.end();
  await test.drop();
});

const sell = (hall: TestHall, numbers: (n: number) => boolean) =>
  db.execute(sql`update seats set sold_at = now(), reservation_id = id
    where concert_id = ${hall.concertId} and id in ${hall.seatIds.filter((_, at) => numbers(at + 1))}`);

describe("holdBestAvailable", () => {
  it("gives 200 fans who ask in one moment neighbours of their own", async () => {
    const hall = await makeHall(db, { rows: 20, seatsPerRow: 20 });
    const fans = await admitMany(db, hall.concertId, 200);
    const settled = await Promise.allSettled(
      fans.map((admission, at) =>
        holdBestAvailable(at % 2 ? db : other, { admission, performanceId: hall.performanceId, count: 2 }),
      ),
    );
    expect(outcomes(settled)).toEqual(Array(200).fill("ok"));
    const held = settled.map((one) => (one as PromiseFulfilledResult<Reservation>).value);
    for (const { seats } of held) expect(nobodyAlone(seats)).toBe(true);
    expect(new Set(held.flatMap(({ seats }) => seats.map(({ id }) => id))).size).toBe(400);
  });

  it("would send them all to the same seats if each took the best and nobody passed them over (negative control)", async () => {
    const hall = await makeHall(db, { rows: 20, seatsPerRow: 20 });
    const fans = await admitMany(db, hall.concertId, 40);
    const meet = meetingOf(40);
    const naive = async (client: Client, admission: Admission) => {
      const blocks = await lookAtHall(client, hall, 0);
      await meet();
      const isFree = (block: number, index: number) => blocks[block]?.isAvailable(index) ?? false;
      const [best] = pickSeats(blocks, { count: 2 }, isFree);
      const seatIds = (best ?? []).map(({ block, index }) => blocks[block]?.idOf(index) as string);
      return await holdSeats(client, { admission, performanceId: hall.performanceId, seatIds });
    };
    const settled = await Promise.allSettled(fans.map((admission, at) => naive(at % 2 ? db : other, admission)));
    expect(outcomes(settled).filter((word) => word === "seat_unavailable").length).toBeGreaterThan(20);
  });

  it("sells a small hall to the last pair, and then says that there is none", async () => {
    const hall = await makeHall(db, { rows: 5, seatsPerRow: 8 });
    const fans = await admitMany(db, hall.concertId, 30);
    const settled = await Promise.allSettled(
      fans.map((admission, at) =>
        holdBestAvailable(at % 2 ? db : other, { admission, performanceId: hall.performanceId, count: 2 }),
      ),
    );
    const words = outcomes(settled);
    expect(new Set(words)).toEqual(new Set(["ok", "seat_unavailable"]));
    const { rows } = await db.execute<{ row: number; number: number }>(
      sql`select "row", number from seats where concert_id = ${hall.concertId} and held_until is null`,
    );
    const isFree = (row: number, number: number) => rows.some((seat) => seat.row === row && seat.number === number);
    expect(rows.filter(({ row, number }) => isFree(row, number + 1))).toEqual([]);
  });

  it("splits a group of four where it must, and refuses three rather than leave one apart", async () => {
    const hall = await makeHall(db, { rows: 2, seatsPerRow: 6 });
    await sell(hall, (n) => ![1, 2, 9, 10].includes(n));
    forgetSeats(hall.performanceId);
    const three = await admit(db, hall.concertId);
    await expect(
      holdBestAvailable(db, { admission: three, performanceId: hall.performanceId, count: 3 }),
    ).rejects.toMatchObject({ code: "seat_unavailable", extra: { seatIds: [] } });
    const four = await admit(db, hall.concertId);
    const held = await holdBestAvailable(db, { admission: four, performanceId: hall.performanceId, count: 4 });
    expect(held.seats.map(({ row, number }) => [row, number])).toEqual([
      [1, 1],
      [1, 2],
      [2, 3],
      [2, 4],
    ]);
  });

  it("finds seats that came back after the last look, also inside a transaction with an older picture", async () => {
    const hall = await makeHall(db, { rows: 1, seatsPerRow: 2 });
    const [a, b, c] = (await admitMany(db, hall.concertId, 3)) as [Admission, Admission, Admission];
    const { performanceId, concertId } = hall;
    const first = await holdBestAvailable(db, { admission: a, performanceId, count: 2 });
    const picture = await lookAtHall(db, hall, 0);
    await expect(holdBestAvailable(db, { admission: b, performanceId, count: 2 })).rejects.toMatchObject({
      code: "seat_unavailable",
    });
    await lapse(db, { concertId, id: first.id });
    const second = await db.transaction((tx) =>
      holdBestAvailable(tx, { admission: c, performanceId, count: 2, hall: picture }),
    );
    expect(second.status).toBe("held");
  });

  it("keeps the concert's rule against seats left alone", async () => {
    const hall = await makeHall(db, { rows: 2, seatsPerRow: 5, orphanSeatRule: true });
    const fans = await admitMany(db, hall.concertId, 3);
    const held = [];
    for (const admission of fans) {
      held.push(await holdBestAvailable(db, { admission, performanceId: hall.performanceId, count: 2 }));
    }
    expect(held.map(({ seats }) => seats.map(({ row, number }) => `${row}/${number}`).join())).toEqual([
      "1/1,1/2",
      "2/1,2/2",
      expect.stringMatching(/^[12]\/[34],[12]\/[45]$/),
    ]);
  });
});
