import { sql } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Client, createClient, statement } from "@/db/client";
import { crowd, untilBlocked } from "@/db/testing/crowd";
import { cloneDatabase, type TestDatabase } from "@/db/testing/database";
import { makeUser } from "@/db/testing/factories";
import { extendHold } from "@/lib/booking/extend-hold";
import { holdSeats } from "@/lib/booking/hold-seats";
import { findOfferPass } from "@/lib/booking/offer-pass";
import { getReservation, listReservations } from "@/lib/booking/queries";
import { releaseHolds } from "@/lib/booking/release-seats";
import { admit, admitMany, lapse, makeHall, outcomes, type TestHall } from "@/lib/booking/testing/hall";
import { forgetSeats } from "@/lib/catalog/seat-availability";
import { newId } from "@/lib/core/ids";
import { cancelReservation } from "@/lib/payment/cancel-reservation";
import { payReservation } from "@/lib/payment/pay-reservation";
import type { Admission } from "@/lib/queue/admission";
import { stopLines } from "@/lib/queue/line";
import { joinWaitlist } from "./join-waitlist";
import { leaveWaitlist } from "./leave-waitlist";
import { OFFER_SEATS } from "./make-offer";
import { offerReturned } from "./offer-returned";
import { getWaitlistEntry, listWaitlistEntries } from "./queries";

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

type SoldOut = TestHall & { holder: Admission; held: { id: string } };

/** A hall whose seats are all sold but those with the given numbers (from 1, over all rows), which one fan holds. */
async function soldOut(numbers: number[], given: Parameters<typeof makeHall>[1] = {}): Promise<SoldOut> {
  const hall = await makeHall(db, { rows: 1, seatsPerRow: 6, ...given });
  const holder = await admit(db, hall.concertId);
  const seatIds = numbers.map((n) => hall.seatIds[n - 1] as string);
  const held = await holdSeats(db, { admission: holder, performanceId: hall.performanceId, seatIds });
  await db.execute(
    sql`update seats set sold_at = now(), reservation_id = id where concert_id = ${hall.concertId} and held_until is null`,
  );
  forgetSeats(hall.performanceId);
  return { ...hall, holder, held };
}

async function wait(hall: TestHall, count = 1, tier?: string): Promise<string> {
  const { id: userId } = await makeUser(db, { balance: 1_000_000 });
  await joinWaitlist(db, { ...hall, userId, count, tier });
  return userId;
}

const giveBack = ({ concertId, held, holder }: SoldOut) =>
  cancelReservation(db, { concertId, reservationId: held.id, userId: holder.userId });
const entry = (hall: TestHall, userId: string) => getWaitlistEntry(db, { ...hall, userId });
const numbersOf = (one: { seats: { number: number }[] }) => one.seats.map(({ number }) => number);

async function offerOf(hall: TestHall, userId: string) {
  const { reservationId } = await entry(hall, userId);
  return await getReservation(db, { concertId: hall.concertId, reservationId: reservationId as string, userId });
}

async function pay(hall: TestHall, userId: string) {
  const { reservationId } = await entry(hall, userId);
  const whose = { concertId: hall.concertId, reservationId: reservationId as string, userId };
  const pass = await findOfferPass(db, whose);
  return await payReservation(db, { admission: pass as NonNullable<typeof pass>, reservationId: whose.reservationId });
}

const tryToHold = async (hall: TestHall, ...numbers: number[]) =>
  holdSeats(db, {
    admission: await admit(db, hall.concertId),
    performanceId: hall.performanceId,
    seatIds: numbers.map((n) => hall.seatIds[n - 1] as string),
  });

const keepSeconds = async ({ performanceId }: TestHall) => {
  const { rows } = await db.execute<{ keep_seconds: number }>(
    sql`select keep_seconds from performances where id = ${performanceId}`,
  );
  return rows[0]?.keep_seconds;
};

describe("joinWaitlist", () => {
  it("gives places in the order of coming, and each fan one", async () => {
    const hall = await soldOut([1]);
    const a = await wait(hall, 2);
    const b = await wait(hall);
    expect(await entry(hall, a)).toMatchObject({
      status: "waiting",
      position: 1,
      count: 2,
      tier: null,
      reservationId: null,
    });
    expect(await entry(hall, b)).toMatchObject({ position: 2, count: 1 });
    expect(await joinWaitlist(db, { ...hall, userId: a, count: 2 })).toMatchObject({
      created: false,
      entry: { position: 1 },
    });
    await expect(joinWaitlist(db, { ...hall, userId: a, count: 3 })).rejects.toMatchObject({ code: "conflict" });
    await leaveWaitlist(db, { ...hall, userId: a });
    await leaveWaitlist(db, { ...hall, userId: a });
    expect(await entry(hall, a)).toMatchObject({ status: "left", position: null });
    expect(await entry(hall, b)).toMatchObject({ position: 1 });
    const { entry: again } = await joinWaitlist(db, { ...hall, userId: a, count: 3, tier: "R" });
    expect(again).toMatchObject({ position: 2, tier: "R" });
    expect((await listWaitlistEntries(db, { userId: a, limit: 5 })).items.map(({ status }) => status)).toEqual([
      "waiting",
      "left",
    ]);
  });

  it("numbers a crowd without gaps and without twins", async () => {
    const hall = await soldOut([1]);
    const users = await crowd(30, () => makeUser(db));
    await Promise.all(
      [...users, ...users].map(({ id }, at) => joinWaitlist(at % 2 ? db : other, { ...hall, userId: id, count: 1 })),
    );
    const places = await Promise.all(users.map(async ({ id }) => (await entry(hall, id)).position));
    expect(places.sort((x, y) => (x ?? 0) - (y ?? 0))).toEqual(Array.from({ length: 30 }, (_, at) => at + 1));
  });

  it("is for seats that cannot be had now, and that the fan may have", async () => {
    const free = await makeHall(db, { rows: 1, seatsPerRow: 4 });
    await expect(wait(free)).rejects.toMatchObject({ code: "conflict" });
    const hall = await soldOut([1]);
    await expect(wait(hall, 5)).rejects.toMatchObject({ code: "seat_limit_exceeded", extra: { limit: 4 } });
    await expect(wait(hall, 1, "S")).rejects.toMatchObject({ code: "not_found" });
    await expect(wait({ ...hall, performanceId: newId() })).rejects.toMatchObject({ code: "not_found" });
    await db.execute(sql`update concerts set sale_closes_at = now() where id = ${hall.concertId}`);
    await expect(wait(hall)).rejects.toMatchObject({ code: "not_on_sale" });
  });
});

describe("offerReturned", () => {
  it("offers what was given back to the first whom it fits, for ten minutes, to be paid without a turn", async () => {
    const hall = await soldOut([2, 3]);
    const three = await wait(hall, 3);
    const two = await wait(hall, 2);
    const one = await wait(hall, 1);
    await giveBack(hall);
    expect(await offerReturned(db, hall)).toBe(1);
    expect(await entry(hall, three)).toMatchObject({ status: "waiting", position: 1 });
    expect(await entry(hall, one)).toMatchObject({ status: "waiting", position: 2 });
    const offered = await offerOf(hall, two);
    expect(offered).toMatchObject({ status: "held", offered: true, amount: 100_000 });
    expect(numbersOf(offered)).toEqual([2, 3]);
    expect(Date.parse(offered.expiresAt) - Date.parse(offered.createdAt)).toBe(600_000);
    expect(await entry(hall, two)).toMatchObject({ status: "offered", position: null, offerEndsAt: offered.expiresAt });
    await expect(tryToHold(hall, 2)).rejects.toMatchObject({ code: "seat_unavailable" });
    const { tickets } = await pay(hall, two);
    expect(tickets.map(({ number }) => number)).toEqual([2, 3]);
    expect(await entry(hall, two)).toMatchObject({ status: "accepted" });
    expect(await offerReturned(db, hall)).toBe(0);
  });

  it("goes on to the next when the offer is declined or lapses", async () => {
    const hall = await soldOut([2, 3]);
    const [a, b, c] = [await wait(hall, 2), await wait(hall, 2), await wait(hall, 2)];
    await giveBack(hall);
    await offerReturned(db, hall);
    const first = await offerOf(hall, a);
    await cancelReservation(db, { concertId: hall.concertId, reservationId: first.id, userId: a });
    expect(await entry(hall, a)).toMatchObject({ status: "declined" });
    await expect(tryToHold(hall, 2)).rejects.toMatchObject({ code: "seat_unavailable" });
    expect(await offerReturned(other, hall)).toBe(1);
    const second = await offerOf(hall, b);
    await lapse(db, { concertId: hall.concertId, id: second.id });
    expect(await entry(hall, b)).toMatchObject({ status: "lapsed" });
    await expect(tryToHold(hall, 3)).rejects.toMatchObject({ code: "seat_unavailable" });
    await expect(pay(hall, b)).rejects.toMatchObject({ code: "reservation_expired" });
    expect(await offerReturned(db, hall)).toBe(1);
    expect(numbersOf(await offerOf(hall, c))).toEqual([2, 3]);
    await leaveWaitlist(db, { ...hall, userId: c });
    expect(await entry(hall, c)).toMatchObject({ status: "declined" });
    await offerReturned(db, hall);
    expect(await keepSeconds(hall)).toBe(0);
    expect((await tryToHold(hall, 2, 3)).status).toBe("held");
  });

  it("comes before general sale when a hold lapses, also one that began before anybody waited", async () => {
    const hall = await soldOut([2, 3]);
    const waiting = await wait(hall, 2);
    expect(await keepSeconds(hall)).toBe(60);
    await lapse(db, { concertId: hall.concertId, id: hall.held.id });
    await expect(tryToHold(hall, 2)).rejects.toMatchObject({ code: "seat_unavailable" });
    expect(await offerReturned(db, hall)).toBe(1);
    expect(numbersOf(await offerOf(hall, waiting))).toEqual([2, 3]);
  });

  it("would leave lapsed seats to whoever is faster without the time that they are kept (negative control)", async () => {
    const hall = await soldOut([2, 3]);
    await wait(hall, 2);
    await db.execute(sql`update performances set keep_seconds = 0 where id = ${hall.performanceId}`);
    await db.execute(
      sql`update seats set held_until = held_until - interval '60 seconds' where reservation_id = ${hall.held.id}`,
    );
    await lapse(db, { concertId: hall.concertId, id: hall.held.id });
    expect((await tryToHold(hall, 2)).status).toBe("held");
    expect(await offerReturned(db, hall)).toBe(0);
  });

  it("comes before general sale when a paid reservation is refunded", async () => {
    const hall = await soldOut([2, 3]);
    await payReservation(db, { admission: hall.holder, reservationId: hall.held.id });
    const waiting = await wait(hall, 2);
    await giveBack(hall);
    await expect(tryToHold(hall, 2)).rejects.toMatchObject({ code: "seat_unavailable" });
    expect(await offerReturned(db, hall)).toBe(1);
    expect((await offerOf(hall, waiting)).status).toBe("held");
  });

  it("is nobody's loss when no process looks: what is kept is free for everybody a minute later", async () => {
    const hall = await soldOut([2, 3]);
    await wait(hall, 2);
    await giveBack(hall);
    await db.execute(
      sql`update seats set held_until = held_until - interval '60 seconds' where reservation_id = ${hall.held.id}`,
    );
    expect((await tryToHold(hall, 2, 3)).status).toBe("held");
    expect(await offerReturned(db, hall)).toBe(0);
  });

  it("gives everybody at once what fits nobody on the list", async () => {
    const hall = await soldOut([2, 5]);
    const pair = await wait(hall, 2);
    await giveBack(hall);
    expect(await offerReturned(db, hall)).toBe(0);
    expect((await tryToHold(hall, 2)).status).toBe("held");
    expect(await entry(hall, pair)).toMatchObject({ status: "waiting" });
  });

  it("goes by the tier that was asked for", async () => {
    const hall = await soldOut([1, 7], {
      tiers: [
        { name: "R", price: 50_000 },
        { name: "S", price: 30_000 },
      ],
      sections: [
        { name: "A", tier: "R", rows: 1, seatsPerRow: 6 },
        { name: "B", tier: "S", rows: 1, seatsPerRow: 6 },
      ],
    });
    const s = await wait(hall, 1, "S");
    const r = await wait(hall, 1, "R");
    const any = await wait(hall, 1);
    await giveBack(hall);
    expect(await offerReturned(db, hall)).toBe(2);
    expect((await offerOf(hall, s)).seats[0]).toMatchObject({ section: "B", tier: "S" });
    expect((await offerOf(hall, r)).seats[0]).toMatchObject({ section: "A", tier: "R" });
    expect(await entry(hall, any)).toMatchObject({ status: "waiting", position: 1 });
  });

  it("passes over a fan who has all that one may, and counts an offer like a hold", async () => {
    const hall = await soldOut([1, 2, 3, 4], { rows: 2, maxSeatsPerFan: 4 });
    const greedy = await wait(hall, 2);
    const modest = await wait(hall, 2);
    await db.execute(
      sql`update seats set sold_at = null, reservation_id = null where id in ${hall.seatIds.slice(6, 9)}`,
    );
    const admission = await admit(db, hall.concertId, greedy);
    await holdSeats(db, { admission, performanceId: hall.performanceId, seatIds: hall.seatIds.slice(6, 9) });
    await giveBack(hall);
    expect(await offerReturned(db, hall)).toBe(1);
    expect(await entry(hall, greedy)).toMatchObject({ status: "waiting" });
    expect(await entry(hall, modest)).toMatchObject({ status: "offered" });
    const second = await admit(db, hall.concertId, modest);
    await db.execute(
      sql`update seats set sold_at = null, reservation_id = null where id in ${hall.seatIds.slice(9, 12)}`,
    );
    await expect(
      holdSeats(db, { admission: second, performanceId: hall.performanceId, seatIds: hall.seatIds.slice(9, 12) }),
    ).rejects.toMatchObject({ code: "seat_limit_exceeded" });
  });

  it("makes a hold of the same fan that is under way count again", async () => {
    const hall = await soldOut([1, 2], { rows: 2, maxSeatsPerFan: 2 });
    const fan = await wait(hall, 2);
    const admission = await admit(db, hall.concertId, fan);
    await db.execute(
      sql`update seats set sold_at = null, reservation_id = null where id in ${hall.seatIds.slice(6, 8)}`,
    );
    await giveBack(hall);
    let holding: Promise<PromiseSettledResult<unknown>[]> | undefined;
    await db.transaction(async (tx) => {
      expect(await offerReturned(tx, hall)).toBe(1);
      const { performanceId } = hall;
      const seatIds = hall.seatIds.slice(6, 8);
      holding = Promise.allSettled([holdSeats(other, { admission, performanceId, seatIds })]);
      await untilBlocked(db, 1);
    });
    expect(outcomes((await holding) as PromiseSettledResult<unknown>[])).toEqual(["seat_limit_exceeded"]);
  });

  it("closes with the sale", async () => {
    const hall = await soldOut([1]);
    const fan = await wait(hall);
    await db.execute(
      sql`update performances set starts_at = now() - interval '1 second' where id = ${hall.performanceId}`,
    );
    expect(await offerReturned(db, hall)).toBe(0);
    expect(await entry(hall, fan)).toMatchObject({ status: "closed", position: null });
    expect(await keepSeconds(hall)).toBe(0);
  });

  it("keeps an offer from being extended, and from ending with a place in line", async () => {
    const hall = await soldOut([1], { holdExtensions: 3 });
    const fan = await wait(hall);
    const admission = await admit(db, hall.concertId, fan);
    await giveBack(hall);
    await offerReturned(db, hall);
    const { id } = await offerOf(hall, fan);
    await expect(extendHold(db, { admission, reservationId: id })).rejects.toMatchObject({ code: "conflict" });
    await releaseHolds(db, { concertId: hall.concertId, userId: fan });
    expect(await offerOf(hall, fan)).toMatchObject({ status: "held" });
  });

  it("offers each seat and each fan once, however many processes look while others shop", async () => {
    const hall = await soldOut([1, 2, 3, 4], { rows: 4 });
    const waiting = await Promise.all(Array.from({ length: 8 }, (_, n) => wait(hall, 1 + (n % 2))));
    const shoppers = await admitMany(db, hall.concertId, 10);
    await giveBack(hall);
    await db.execute(
      sql`update seats set sold_at = null, reservation_id = null where id in ${hall.seatIds.slice(12, 18)}`,
    );
    await Promise.allSettled([
      ...Array.from({ length: 20 }, (_, n) => offerReturned(n % 2 ? db : other, hall)),
      ...shoppers.map((admission, n) =>
        holdSeats(n % 2 ? db : other, {
          admission,
          performanceId: hall.performanceId,
          seatIds: [hall.seatIds[12 + (n % 6)] as string],
        }),
      ),
      ...Array.from({ length: 20 }, (_, n) => offerReturned(n % 2 ? db : other, hall)),
    ]);
    for (let n = 0; n < 3; n += 1) await offerReturned(db, hall);
    const { rows } = await db.execute<{ seat: string; n: number }>(sql`
      select seat ->> 'id' as seat, count(*)::int as n from reservations r, jsonb_array_elements(r.seats) seat
      where concert_id = ${hall.concertId} and status = 'held' and expires_at > now() group by 1`);
    expect(rows.filter(({ n }) => n > 1)).toEqual([]);
    expect(rows.length).toBe(10);
    for (const userId of waiting) {
      const { items } = await listReservations(db, { userId, limit: 10 });
      expect(items.length).toBeLessThanOrEqual(1);
    }
  });

  it("would offer one fan two pairs without asking whether the fan still waits (negative control)", async () => {
    const guards = [" and e.status = 'waiting' for update skip locked", ""] as const;
    expect(OFFER_SEATS).toContain(guards[0]);
    const unguarded = statement<{ id: string }>("test_offer_unguarded", OFFER_SEATS.replace(...guards));
    for (const [make, offers] of [
      [unguarded, 2],
      [statement<{ id: string }>("test_offer_guarded", OFFER_SEATS), 1],
    ] as const) {
      const hall = await soldOut([1, 2]);
      const { id } = await entry(hall, await wait(hall, 1));
      await giveBack(hall);
      const seat = (n: number) => [hall.seatIds[n] as string];
      const made = [];
      for (const [n, client] of [db, other].entries())
        made.push(...(await make(client, [hall.concertId, id, hall.performanceId, seat(n), newId()])));
      expect(made.length).toBe(offers);
    }
  });

  it("would offer a seat twice if it were not judged in a statement after its lock (negative control)", async () => {
    const hall = await soldOut([1]);
    const [a, b] = [await entry(hall, await wait(hall)), await entry(hall, await wait(hall))];
    await giveBack(hall);
    const seatIds = [hall.seatIds[0] as string];
    const naive = OFFER_SEATS.replace(/(free as \(\n[\s\S]*?)\),\nmade as/, "$1\n  for update of s),\nmade as");
    expect(naive).not.toBe(OFFER_SEATS);
    const make = statement<{ id: string }>("test_offer_in_one", naive);
    let second: Promise<{ id: string }[]> | undefined;
    const first = await db.transaction(async (tx) => {
      const made = await make(tx, [hall.concertId, a.id, hall.performanceId, seatIds, newId()]);
      second = make(other, [hall.concertId, b.id, hall.performanceId, seatIds, newId()]);
      await untilBlocked(db, 1);
      return made;
    });
    expect([first.length, (await second)?.length]).toEqual([1, 1]);
  });
});
