import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { crowd } from "@/db/testing/crowd";
import { cloneDatabase, type TestDatabase } from "@/db/testing/database";
import { makeConcert, makeUser } from "@/db/testing/factories";
import { admitNext } from "./admit-next";
import { joinQueue } from "./join-queue";
import { stopLines } from "./line";
import { turnsNow } from "./rules";

let test: TestDatabase;
beforeAll(async () => {
  test = await cloneDatabase();
});
afterAll(async () => {
  stopLines(test.db);
  await test.drop();
});

const now = {
  mode: "on",
  isOpen: true,
  isDrawing: false,
  credit: 0,
  elapsedSeconds: 60,
  admissionsPerMinute: 600,
  activeLimit: 100,
  active: 0,
} as const;

describe("turnsNow", () => {
  it("lets in as many as both limits allow, and a second's worth at the most", () => {
    expect(turnsNow(now)).toEqual({ most: 10, credit: 10, counts: true });
    expect(turnsNow({ ...now, active: 95 })).toMatchObject({ most: 5, credit: 10 });
    expect(turnsNow({ ...now, active: 101 })).toMatchObject({ most: 0 });
    expect(turnsNow({ ...now, elapsedSeconds: 0.25, credit: 0.75 })).toEqual({ most: 3, credit: 3.25, counts: true });
    expect(turnsNow({ ...now, admissionsPerMinute: 6 })).toMatchObject({ most: 1, credit: 1 });
  });

  it("earns nothing while nobody may come in", () => {
    for (const still of [
      { mode: "paused" },
      { isOpen: false },
      { isDrawing: true },
      { mode: "off", isDrawing: true },
    ] as const) {
      expect(turnsNow({ ...now, credit: 7, ...still })).toEqual({ most: 0, credit: 0, counts: true });
    }
  });

  it("lets everybody in when the room is off, and goes on when it is closed to newcomers", () => {
    expect(turnsNow({ ...now, mode: "off", active: 1000 })).toMatchObject({ most: 2 ** 31 - 1, counts: false });
    expect(turnsNow({ ...now, mode: "closed" })).toMatchObject({ most: 10 });
  });

  // `npm run simulate` asks this function alone; the room asks it and then its own tables.
  it("is what the room does, turn by turn", async () => {
    const { db } = test;
    const { id } = await makeConcert(db, {
      waitingRoom: { mode: "on", activeLimit: 12, admissionsPerMinute: 300, claimSeconds: 120, sessionSeconds: 600 },
    });
    const users = await crowd(60, () => makeUser(db));
    await Promise.all(users.map((user) => joinQueue(db, { concertId: id, userId: user.id })));
    const room = { ...now, activeLimit: 12, admissionsPerMinute: 300 };
    let [active, waiting] = [0, 60];
    for (const [ended, change] of [
      [0, {}],
      [0, {}],
      [3, {}],
      [0, { admissionsPerMinute: 60 }],
      [7, {}],
      [0, { mode: "paused" }],
      [1, { mode: "on", activeLimit: 4 }],
      [9, {}],
      [0, { activeLimit: 30, admissionsPerMinute: 600 }],
      [0, { mode: "closed" }],
      [2, { mode: "off" }],
    ] as const) {
      Object.assign(room, change);
      await db.execute(sql`update queue_entries set status = 'left' where concert_id = ${id} and id in (
        select id from queue_entries where concert_id = ${id} and status = 'admitted' order by number limit ${ended})`);
      active -= Math.min(active, ended);
      // Long enough for all the credit there can be, so that the time that the test itself takes makes no difference.
      await db.execute(sql`update queues set mode = ${room.mode}, active_limit = ${room.activeLimit},
        admissions_per_minute = ${room.admissionsPerMinute}, credit = 0, credit_at = now() - interval '1 minute'
        where concert_id = ${id}`);
      const { most } = turnsNow({ ...room, active });
      const expected = Math.min(most, waiting);
      expect(await admitNext(db, id), JSON.stringify(room)).toBe(expected);
      active += expected;
      waiting -= expected;
    }
    expect(waiting).toBe(0);
  });
});
