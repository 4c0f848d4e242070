import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { admitFan, makeConcert, makeUser } from "@/db/testing/factories";
import { issueSession } from "@/lib/auth/session-token";
import { checkInvariants } from "@/lib/invariants/check-invariants";
import { signQueueToken } from "@/lib/queue/token";
import { offerReturned } from "@/lib/waitlist/offer-returned";
import { type Harness, startHarness } from "./testing/harness";

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.drop());

type Fan = { userId: string; token: string; queueToken: string };

async function makeFan(concertId: string): Promise<Fan> {
  const { db } = harness;
  const { id: userId } = await makeUser(db, { balance: 1_000_000 });
  const entryId = await admitFan(db, { concertId, userId });
  const queueToken = signQueueToken({ concertId, entryId, userId, number: null, enteredAt: new Date(), generation: 0 });
  return { userId, token: issueSession({ userId, role: "fan" }).token, queueToken };
}

/** A hall of four seats that one fan has bought. */
async function makeSoldOut(given: Parameters<typeof makeConcert>[1] = {}) {
  const { id, performances } = await makeConcert(harness.db, {
    sections: [{ name: "A", tier: "R", rows: 1, seatsPerRow: 4 }],
    ...given,
  });
  const path = `/api/concerts/${id}`;
  const performanceId = performances[0]?.id as string;
  const owner = await makeFan(id);
  const body = { performanceId, bestAvailable: { count: 4 } };
  const { json: reservation } = await harness.call("POST", `${path}/reservations`, { ...owner, body, key: "all" });
  await harness.call("POST", `${path}/reservations/${reservation.id}/payment`, { ...owner });
  return { id, path, performanceId, owner, reservation, list: `${path}/performances/${performanceId}/waitlist` };
}

const wrongOnes = async () => (await checkInvariants(harness.db)).filter(({ offenders }) => offenders.length > 0);

describe("the waitlist over HTTP", () => {
  it("leads from a sold-out performance to a ticket without a queue token", async () => {
    const hall = await makeSoldOut();
    const { id: userId } = await makeUser(harness.db, { balance: 100_000 });
    const { token } = issueSession({ userId, role: "fan" });
    const joined = await harness.call("POST", hall.list, { token, body: { count: 2, tier: "R" } });
    expect(joined).toMatchObject({ status: 201, json: { status: "waiting", position: 1, count: 2, tier: "R" } });
    expect((await harness.call("POST", hall.list, { token, body: { count: 2, tier: "R" } })).status).toBe(200);
    expect((await harness.call("POST", hall.list, { token, body: { count: 1 } })).code).toBe("conflict");
    expect((await harness.call("DELETE", `${hall.path}/reservations/${hall.reservation.id}`, hall.owner)).status).toBe(
      204,
    );
    const passer = await makeFan(hall.id);
    const grab = { ...passer, body: { performanceId: hall.performanceId, bestAvailable: { count: 2 } } };
    expect((await harness.call("POST", `${hall.path}/reservations`, grab)).code).toBe("seat_unavailable");
    expect(await offerReturned(harness.db, { concertId: hall.id, performanceId: hall.performanceId })).toBe(1);
    const { json: place } = await harness.call("GET", hall.list, { token });
    expect(place).toMatchObject({ status: "offered", position: null });
    const paid = await harness.call("POST", `${hall.path}/reservations/${place.reservationId}/payment`, { token });
    expect(paid).toMatchObject({ status: 201, json: { amount: 20_000, balance: 80_000 } });
    expect((await harness.call("GET", "/api/waitlist", { token })).json.items).toMatchObject([{ status: "accepted" }]);
    expect((await harness.call("POST", `${hall.path}/reservations`, grab)).status).toBe(201);
    expect(await wrongOnes()).toEqual([]);
  });

  it("still asks everybody else for a token", async () => {
    const hall = await makeSoldOut();
    const { userId, token, queueToken } = await makeFan(hall.id);
    const refund = `${hall.path}/reservations/${hall.reservation.id}`;
    await harness.call("DELETE", refund, hall.owner);
    const body = { performanceId: hall.performanceId, bestAvailable: { count: 1 } };
    const { json } = await harness.call("POST", `${hall.path}/reservations`, { token, queueToken, body });
    const pay = `${hall.path}/reservations/${json.id}/payment`;
    expect((await harness.call("POST", pay, { token })).code).toBe("queue_token_required");
    expect((await harness.call("POST", hall.list, { token, body: { count: 2 } })).code).toBe("conflict");
    expect(userId).not.toBe(hall.owner.userId);
  });

  it("refuses nonsense", async () => {
    const hall = await makeSoldOut();
    const { token } = await makeFan(hall.id);
    const codes = async (body: unknown) => (await harness.call("POST", hall.list, { token, body })).code;
    for (const body of [{}, { count: 0 }, { count: 1.5 }, { count: 1, seat: 3 }, { count: 1, tier: "" }])
      expect(await codes(body)).toBe("invalid_request");
    expect(await codes({ count: 1, tier: "nope" })).toBe("not_found");
    expect(await codes({ count: 50 })).toBe("seat_limit_exceeded");
    expect((await harness.call("GET", hall.list, { token })).code).toBe("not_found");
    expect((await harness.call("DELETE", hall.list, { token })).status).toBe(204);
    expect((await harness.call("POST", hall.list, { body: { count: 1 } })).code).toBe("unauthenticated");
    const strange = `${hall.path}/performances/nope/waitlist`;
    expect((await harness.call("POST", strange, { token, body: { count: 1 } })).code).toBe("not_found");
  });
});

describe("a hold over HTTP", () => {
  it("is extended once, by one key however often it is sent, and its seats are changed", async () => {
    const { id, performances } = await makeConcert(harness.db, { holdExtensions: 1, orphanSeatRule: true });
    const path = `/api/concerts/${id}/reservations`;
    const fan = await makeFan(id);
    const { rows } = await harness.db.execute<{ id: string }>(
      sql`select id from seats where concert_id = ${id} order by row, number`,
    );
    const seat = (n: number) => rows[n - 1]?.id as string;
    const performanceId = performances[0]?.id as string;
    const alone = await harness.call("POST", path, { ...fan, body: { performanceId, seatIds: [seat(2)] } });
    expect(alone).toMatchObject({
      status: 422,
      code: "seat_left_alone",
      json: { seats: [{ section: "A", row: 1, number: 1 }] },
    });
    const held = await harness.call("POST", path, { ...fan, body: { performanceId, seatIds: [seat(1), seat(2)] } });
    const own = `${path}/${held.json.id}`;
    const first = await harness.call("POST", `${own}/extension`, { ...fan, key: "more" });
    expect(first).toMatchObject({ status: 200, json: { extensions: 1 } });
    const again = await harness.call("POST", `${own}/extension`, { ...fan, key: "more" });
    expect([again.text, again.headers.get("idempotent-replayed")]).toEqual([first.text, "true"]);
    expect((await harness.call("POST", `${own}/extension`, fan)).code).toBe("conflict");
    expect((await harness.call("POST", `${own}/extension`, { token: fan.token })).code).toBe("queue_token_required");
    const changed = await harness.call("PATCH", own, { ...fan, body: { seatIds: [seat(1), seat(2), seat(3)] } });
    expect(changed).toMatchObject({ status: 200, json: { amount: 30_000, expiresAt: first.json.expiresAt } });
    expect((await harness.call("PATCH", own, { ...fan, body: { seatIds: [seat(2)] } })).code).toBe("seat_left_alone");
    expect((await harness.call("PATCH", own, { ...fan, body: { seatIds: [] } })).code).toBe("invalid_request");
    await harness.call("POST", `${own}/payment`, fan);
    expect((await harness.call("PATCH", own, { ...fan, body: { seatIds: [seat(1)] } })).code).toBe(
      "reservation_already_paid",
    );
    expect(await wrongOnes()).toEqual([]);
  });
});
