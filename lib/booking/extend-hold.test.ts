import { sql } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Client, createClient, statement } from "@/db/client";
import { untilBlocked } from "@/db/testing/crowd";
import { cloneDatabase, type TestDatabase } from "@/db/testing/database";
import { expireAdmission } from "@/db/testing/factories";
import type { Admission } from "@/lib/queue/admission";
import { stopLines } from "@/lib/queue/line";
import { EXTEND_HOLD, extendHold } from "./extend-hold";
import { holdSeats } from "./hold-seats";
import { releaseHold } from "./release-seats";
import { admit, admitMany, lapse, makeHall, outcomes, takenSeats } from "./testing/hall";

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

/** A hold of two seats that has a minute left, of a concert that allows `holdExtensions`. */
async function makeHold(holdExtensions: number) {
  const hall = await makeHall(db, { holdExtensions });
  const admission = await admit(db, hall.concertId);
  const held = await holdSeats(db, { admission, performanceId: hall.performanceId, seatIds: hall.seatIds.slice(0, 2) });
  const age = sql`interval '4 minutes'`;
  await db.execute(
    sql`update reservations set created_at = created_at - ${age}, expires_at = expires_at - ${age} where id = ${held.id}`,
  );
  await db.execute(sql`update seats set held_until = held_until - ${age} where reservation_id = ${held.id}`);
  await db.execute(
    sql`update queue_entries set admitted_until = admitted_until - ${age} where id = ${admission.entryId}`,
  );
  return { ...hall, admission, held };
}

const extend = (client: Client, { admission, held }: { admission: Admission; held: { id: string } }) =>
  extendHold(client, { admission, reservationId: held.id });

describe("extendHold", () => {
  it("gives the whole time once more, to the seats and the admission too", async () => {
    const hold = await makeHold(1);
    const before = Date.now();
    const extended = await extend(db, hold);
    expect(extended).toMatchObject({ id: hold.held.id, status: "held", extensions: 1, amount: 100_000 });
    const until = Date.parse(extended.expiresAt);
    expect(Math.abs(until - before - 300_000)).toBeLessThan(5_000);
    const { rows } = await db.execute<{ seats: Date; entry: Date }>(sql`
      select min(s.held_until) as seats, min(e.admitted_until) as entry from seats s, queue_entries e
      where s.reservation_id = ${hold.held.id} and e.id = ${hold.admission.entryId}`);
    expect(new Date(rows[0]?.seats as Date).getTime()).toBe(until);
    expect(new Date(rows[0]?.entry as Date).getTime()).toBeGreaterThanOrEqual(until);
  });

  it("is as often as the concert says, and not at all where it says nothing", async () => {
    const never = await makeHold(0);
    await expect(extend(db, never)).rejects.toMatchObject({ code: "conflict" });
    const twice = await makeHold(2);
    await extend(db, twice);
    await extend(other, twice);
    await expect(extend(db, twice)).rejects.toMatchObject({ code: "conflict" });
  });

  it("is one extension for ten fingers where one is left", async () => {
    const hold = await makeHold(1);
    const settled = await Promise.allSettled(Array.from({ length: 10 }, (_, n) => extend(n % 2 ? db : other, hold)));
    expect(outcomes(settled).sort()).toEqual([...Array(9).fill("conflict"), "ok"]);
  });

  it("comes too late for a hold that is over, and for another fan's", async () => {
    const hold = await makeHold(1);
    const stranger = await admit(db, hold.concertId);
    await expect(extend(db, { ...hold, admission: stranger })).rejects.toMatchObject({ code: "not_found" });
    await lapse(db, { concertId: hold.concertId, id: hold.held.id });
    await expect(extend(db, hold)).rejects.toMatchObject({ code: "reservation_expired" });
    const released = await makeHold(1);
    await releaseHold(db, {
      concertId: released.concertId,
      reservationId: released.held.id,
      userId: released.admission.userId,
    });
    await expect(extend(db, released)).rejects.toMatchObject({ code: "reservation_cancelled" });
  });

  it("needs a turn that is good", async () => {
    const hold = await makeHold(1);
    await expireAdmission(db, { concertId: hold.concertId, entryId: hold.admission.entryId });
    await expect(extend(db, hold)).rejects.toMatchObject({ code: "admission_expired" });
  });

  it("never takes a seat back that the next fan had in the moment of expiry", async () => {
    const { settled, taken, next } = await raceWithExpiry((hold) => extend(other, hold));
    // A moment later it would read `reservation_expired`; here the reservation has not caught up with its seats yet.
    expect(outcomes(settled)).toEqual(["conflict"]);
    expect(new Set(taken.values())).toEqual(new Set([next]));
  });

  it("would extend a hold without its seats if it did not lock and count them (negative control)", async () => {
    const guard = "and (select count(*) from mine) = asked.seat_count";
    expect(EXTEND_HOLD).toContain(guard);
    const unguarded = statement<{ id: string }>("test_extend_unguarded", EXTEND_HOLD.replace(guard, ""));
    const { settled } = await raceWithExpiry(({ concertId, held, admission }) =>
      unguarded(other, [concertId, held.id, admission.userId, admission.entryId, 0]),
    );
    expect(settled).toMatchObject([{ status: "fulfilled", value: [{ status: "held" }] }]);
  });
});

/**
 * Another fan takes the seats just after the end while `late` (which began just before it) waits for their rows. That
 * `late` still saw a good hold is staged: its reservation ends a little later than its seats.
 */
async function raceWithExpiry(late: (hold: Awaited<ReturnType<typeof makeHold>>) => Promise<unknown>) {
  const hold = await makeHold(1);
  const { concertId, performanceId, seatIds, held } = hold;
  const [next] = (await admitMany(db, concertId, 1)) as [Admission];
  await db.execute(
    sql`update seats set held_until = now() - interval '1 millisecond' where reservation_id = ${held.id}`,
  );
  let running: Promise<PromiseSettledResult<unknown>[]> | undefined;
  const second = await db.transaction(async (tx) => {
    const taken = await holdSeats(tx, { admission: next, performanceId, seatIds: seatIds.slice(0, 2) });
    running = Promise.allSettled([late(hold)]);
    await untilBlocked(db, 1);
    return taken;
  });
  return {
    settled: await (running as Promise<PromiseSettledResult<unknown>[]>),
    taken: await takenSeats(db, concertId),
    next: second.id,
  };
}
