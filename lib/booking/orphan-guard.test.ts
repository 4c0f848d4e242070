import { sql } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Client, createClient } from "@/db/client";
import { untilBlocked } from "@/db/testing/crowd";
import { cloneDatabase, type TestDatabase } from "@/db/testing/database";
import type { Admission } from "@/lib/queue/admission";
import { stopLines } from "@/lib/queue/line";
import { changeSeats } from "./change-seats";
import { HOLD_SEATS, holdSeats } from "./hold-seats";
import { seatsLeftAlone } from "./rules";
import { admit, admitMany, makeHall, outcomes, type TestHall, takenSeats } from "./testing/hall";

let test: TestDatabase;
let db: Client;
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

const at = ({ seatIds }: TestHall, ...numbers: number[]): string[] => numbers.map((n) => seatIds[n - 1] as string);
const ruledHall = (seatsPerRow = 10, rows = 1) => makeHall(db, { orphanSeatRule: true, seatsPerRow, rows });
const hold = async (hall: TestHall, numbers: number[], given?: Admission) =>
  holdSeats(db, {
    admission: given ?? (await admit(db, hall.concertId)),
    performanceId: hall.performanceId,
    seatIds: at(hall, ...numbers),
  });

describe("a concert with the rule against seats left alone", () => {
  it("refuses a hold that leaves one, and names the seat", async () => {
    const hall = await ruledHall();
    await expect(hold(hall, [2, 3])).rejects.toMatchObject({
      code: "seat_left_alone",
      status: 422,
      extra: { seats: [{ id: hall.seatIds[0], section: "A", row: 1, number: 1 }] },
    });
    expect((await hold(hall, [1, 2])).status).toBe("held");
    await expect(hold(hall, [4])).rejects.toMatchObject({ code: "seat_left_alone" });
    expect((await hold(hall, [3, 4, 5])).status).toBe("held");
  });

  it("still says first what else is wrong", async () => {
    const hall = await ruledHall();
    await hold(hall, [1, 2]);
    await expect(hold(hall, [2, 4])).rejects.toMatchObject({ code: "seat_unavailable" });
    await expect(hold(hall, [3, 4, 5, 6, 7])).rejects.toMatchObject({ code: "seat_limit_exceeded" });
  });

  it("lets pass where there is no choice, and near the end of the sale", async () => {
    const small = await ruledHall(3);
    expect((await hold(small, [1, 3])).status).toBe("held");
    const hall = await ruledHall(50, 4);
    await db.execute(
      sql`update seats set sold_at = now(), reservation_id = id where concert_id = ${hall.concertId} and not (row = 1 and number <= 8)`,
    );
    expect((await hold(hall, [2])).status).toBe("held");
  });

  it("asks nothing of other concerts", async () => {
    const hall = await makeHall(db);
    expect((await hold(hall, [2, 4])).status).toBe("held");
  });

  it("goes for a change of seats too, with the fan's own seats taken as free", async () => {
    const hall = await ruledHall();
    const admission = await admit(db, hall.concertId);
    const held = await hold(hall, [1, 2], admission);
    const change = (...numbers: number[]) =>
      changeSeats(db, { admission, reservationId: held.id, seatIds: at(hall, ...numbers) });
    await expect(change(2, 3)).rejects.toMatchObject({ code: "seat_left_alone" });
    expect((await change(3, 4)).status).toBe("held");
    expect((await change(1, 2, 3)).status).toBe("held");
  });

  it("holds for two fans who together would leave one, in the same moment", async () => {
    const { settled, alone } = await twoInOneRow((client, hall, admission, numbers) =>
      holdSeats(client, { admission, performanceId: hall.performanceId, seatIds: at(hall, ...numbers) }),
    );
    expect(outcomes(settled)).toEqual(["ok", "seat_left_alone"]);
    expect(alone).toEqual([]);
  });

  it("would leave one if each looked before either took (negative control)", async () => {
    const { settled, alone } = await twoInOneRow(async (client, hall, admission, numbers) => {
      const { rows } = await client.execute<{ number: number }>(
        sql`select number from seats where concert_id = ${hall.concertId} and held_until is null`,
      );
      const free = rows.map(({ number }) => number);
      if (seatsLeftAlone(free, new Set(numbers)).length > 0) throw new Error("left alone");
      const text = HOLD_SEATS.replace("and not c.orphan_seat_rule", "");
      expect(text).not.toBe(HOLD_SEATS);
      const { concertId, entryId, userId } = admission;
      const values = [concertId, entryId, userId, hall.performanceId, at(hall, ...numbers), crypto.randomUUID(), 0];
      await client.$client.query(text, values);
    });
    expect(outcomes(settled)).toEqual(["ok", "ok"]);
    expect(alone).toEqual([3]);
  });
});

/** Of seven seats, one fan takes 1 and 2 while another takes 4 and 5, both having seen all of them free. */
async function twoInOneRow(
  take: (client: Client, hall: TestHall, admission: Admission, numbers: number[]) => Promise<unknown>,
) {
  const hall = await ruledHall(7);
  const [a, b] = (await admitMany(db, hall.concertId, 2)) as [Admission, Admission];
  // Known as a concert with the rule, so that the race is about the rows alone.
  await hold(hall, [2]).catch(() => {});
  const running: Promise<unknown>[] = [];
  await db.transaction(async (tx) => {
    await tx.execute(sql`select 1 from seats where concert_id = ${hall.concertId} order by id for update`);
    running.push(take(db, hall, a, [1, 2]));
    await untilBlocked(db, 1);
    running.push(take(other, hall, b, [4, 5]));
    await untilBlocked(db, 2);
  });
  const settled = await Promise.allSettled(running);
  const taken = await takenSeats(db, hall.concertId);
  const free = hall.seatIds.map((id, n) => (taken.has(id) ? 0 : n + 1)).filter((n) => n > 0);
  return { settled, alone: free.filter((n) => !free.includes(n - 1) && !free.includes(n + 1)) };
}
