import { sql } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Client, createClient } from "@/db/client";
import { cloneDatabase, type TestDatabase } from "@/db/testing/database";
import { admitFan, inDays, makeConcert, makeUser } from "@/db/testing/factories";
import { raceBefore } from "@/db/testing/race-before";
import { holdSeats } from "@/lib/booking/hold-seats";
import { getReservation, readSalesFigures } from "@/lib/booking/queries";
import { newId } from "@/lib/core/ids";
import { checkInvariants } from "@/lib/invariants/check-invariants";
import { clientWithout } from "@/lib/invariants/testing/without-guard";
import { type Admission, requireAdmission } from "@/lib/queue/admission";
import { stopLines } from "@/lib/queue/line";
import { signQueueToken } from "@/lib/queue/token";
import { checkInTicket } from "@/lib/tickets/check-in-ticket";
import { getWallet } from "@/lib/wallet/queries";
import { cancelReservation } from "./cancel-reservation";
import { payReservation } from "./pay-reservation";
import { refundTickets } from "./refund-tickets";

let test: TestDatabase;
let db: Client;
let other: Client;

beforeAll(async () => {
  test = await cloneDatabase(30);
  db = test.db;
  other = createClient(test.url, 30);
});
afterEach(async () => {
  stopLines(db);
  stopLines(other);
  // Admissions and prices are planted here past the room, so only what is sold and paid is asked.
  const broken = (await checkInvariants(db)).filter((finding) => finding.broken > 0);
  expect(broken.filter(({ name }) => /paid|refund|seat|ticket|transfer|balance|amount/.test(name))).toEqual([]);
});
afterAll(async () => {
  await other.$client.end();
  await test.drop();
});

const PRICES = { R: 30_000, S: 20_000 };

async function admit(concertId: string, balance: number): Promise<Admission> {
  const { id: userId } = await makeUser(db, { balance });
  const entryId = await admitFan(db, { concertId, userId });
  const token = signQueueToken({ concertId, entryId, userId, number: null, generation: 0, enteredAt: new Date() });
  return await requireAdmission(db, { token, concertId, userId });
}

/** A fan who has paid four seats: two of 30,000 won, then two of 20,000. */
async function makePaid({ startsInDays = 30 } = {}) {
  const { id: concertId, performances } = await makeConcert(db, {
    tiers: Object.entries(PRICES).map(([name, price]) => ({ name, price })),
    sections: [
      { name: "A", tier: "R", rows: 1, seatsPerRow: 2 },
      { name: "B", tier: "S", rows: 1, seatsPerRow: 2 },
    ],
    performances: [{ startsAt: inDays(startsInDays) }],
    maxSeatsPerFan: 4,
    refundUntilHours: 24,
  });
  const performanceId = performances[0]?.id as string;
  const { rows } = await db.execute<{ id: string }>(
    sql`select id from seats where concert_id = ${concertId} order by price desc, number`,
  );
  const seatIds = rows.map(({ id }) => id);
  const admission = await admit(concertId, 100_000);
  const { id: reservationId } = await holdSeats(db, { admission, performanceId, seatIds });
  const payment = await payReservation(db, { admission, reservationId });
  const whose = { concertId, reservationId, userId: admission.userId };
  return { whose, concertId, performanceId, seatIds, tickets: payment.tickets, userId: admission.userId };
}

const ids = (tickets: { id: string }[], ...at: number[]) => at.map((n) => tickets[n]?.id as string);
const outcome = (settled: PromiseSettledResult<unknown>[]) =>
  settled.map((one) => (one.status === "fulfilled" ? "done" : one.reason.code)).sort();

describe("refundTickets", () => {
  it("gives some back, keeps the rest paid, and sells the seats again at once", async () => {
    const { whose, concertId, performanceId, seatIds, tickets, userId } = await makePaid();
    const refund = await refundTickets(db, { ...whose, ticketIds: ids(tickets, 0, 2) });
    expect(refund).toMatchObject({ amount: 50_000, currency: "KRW", balance: 50_000, reservationStatus: "paid" });
    expect(refund.seats.map((seat) => [seat.section, seat.number])).toEqual([
      ["A", 1],
      ["B", 1],
    ]);
    const left = await getReservation(db, whose);
    expect(left).toMatchObject({ status: "paid", amount: 50_000 });
    expect(left.seats.map((seat) => seat.id)).toEqual([seatIds[1], seatIds[3]]);
    expect(left.refundedSeats.map((seat) => seat.id)).toEqual([seatIds[0], seatIds[2]]);
    expect(await readSalesFigures(db, concertId)).toEqual({
      seats: { available: 2, held: 0, sold: 2 },
      revenue: 50_000,
    });
    await expect(checkInTicket(db, { code: tickets[0]?.code as string })).rejects.toMatchObject({
      code: "ticket_invalid",
    });
    const rival = await admit(concertId, 100_000);
    const again = await holdSeats(db, { admission: rival, performanceId, seatIds: [seatIds[0] as string] });
    await payReservation(db, { admission: rival, reservationId: again.id });

    await refundTickets(db, { ...whose, ticketIds: ids(tickets, 1) });
    const last = await refundTickets(db, { ...whose, ticketIds: ids(tickets, 3) });
    expect(last).toMatchObject({ amount: 20_000, balance: 100_000, reservationStatus: "refunded" });
    const over = await getReservation(db, whose);
    expect(over).toMatchObject({ status: "refunded", amount: 20_000 });
    expect([...over.seats, ...over.refundedSeats]).toHaveLength(4);
    expect((await getWallet(db, userId)).balance).toBe(100_000);
    await expect(cancelReservation(db, whose)).rejects.toMatchObject({ code: "not_cancellable" });
  });

  it("leaves the limit per fan to the seats that are left", async () => {
    const { whose, concertId, performanceId, seatIds, tickets, userId } = await makePaid();
    await refundTickets(db, { ...whose, ticketIds: ids(tickets, 0) });
    await db.execute(sql`delete from queue_entries where user_id = ${userId}`);
    const entryId = await admitFan(db, { concertId, userId });
    const token = signQueueToken({ concertId, entryId, userId, number: null, generation: 0, enteredAt: new Date() });
    const admission = await requireAdmission(db, { token, concertId, userId });
    const held = await holdSeats(db, { admission, performanceId, seatIds: [seatIds[0] as string] });
    expect(held.status).toBe("held");
    // What the test took away is planted again, for the invariants.
    await db.execute(sql`update reservations set entry_id = ${entryId} where user_id = ${userId}`);
  });

  it("gives each ticket back once when refunds of one and of all race, on two processes", async () => {
    const { whose, tickets, userId } = await makePaid();
    const settled = await Promise.allSettled([
      ...Array.from({ length: 10 }, (_, n) =>
        refundTickets(n % 2 ? db : other, { ...whose, ticketIds: ids(tickets, n % 4) }),
      ),
      ...Array.from({ length: 5 }, (_, n) => cancelReservation(n % 2 ? db : other, whose)),
    ]);
    expect(new Set(outcome(settled))).toEqual(new Set(["done", "not_cancellable"]));
    expect((await getWallet(db, userId)).balance).toBe(100_000);
    expect((await getReservation(db, whose)).status).toBe("refunded");
  });

  it("would pay a ticket twice if nothing locked the reservation (negative control)", async () => {
    const mine = await cloneDatabase(10);
    const here = { db, other };
    db = mine.db;
    try {
      const { whose, tickets, userId } = await makePaid();
      const without = clientWithout(
        mine.url,
        20,
        { statement: "booking_lock_paid", guard: "for update of r" },
        { statement: "tickets_void", guard: "and status <> 'void'" },
        { statement: "booking_free_sold", guard: "and s.sold_at is not null" },
        { statement: "booking_free_sold", guard: "and s.reservation_id = $2", instead: "and $2::uuid is not null" },
      );
      await db.execute(sql`alter table refunded_tickets drop constraint refunded_tickets_concert_id_ticket_id_pk`);
      const refund = () => refundTickets(without.db, { ...whose, ticketIds: ids(tickets, 0) });
      const locking = sql`select from tickets where concert_id = ${whose.concertId} for update`;
      await raceBefore(mine.url, locking, 10, Array(10).fill(refund));
      await without.end();
      expect((await getWallet(db, userId)).balance).toBeGreaterThan(30_000);
    } finally {
      stopLines(db);
      db = here.db;
      await mine.drop();
    }
  });

  it("lets the door and the refund have a ticket, but only one of them", async () => {
    for (let round = 0; round < 5; round += 1) {
      const { whose, tickets, userId } = await makePaid();
      const [door, refund] = await Promise.allSettled([
        checkInTicket(db, { code: tickets[0]?.code as string }),
        refundTickets(other, { ...whose, ticketIds: ids(tickets, 0) }),
      ]);
      expect([door.status, refund.status].sort()).toEqual(["fulfilled", "rejected"]);
      expect((await getWallet(db, userId)).balance).toBe(refund.status === "fulfilled" ? 30_000 : 0);
    }
  });

  it("refuses strangers, tickets of others, used ones, repeats, and what is past the concert's rule", async () => {
    const { whose, tickets } = await makePaid();
    const { whose: othersOwn, tickets: others } = await makePaid();
    const refused = (request: Parameters<typeof refundTickets>[1]) =>
      refundTickets(db, request).then(
        () => "done",
        (error) => error.code,
      );
    expect(await refused({ ...whose, userId: othersOwn.userId, ticketIds: ids(tickets, 0) })).toBe("not_found");
    expect(await refused({ ...whose, reservationId: newId(), ticketIds: ids(tickets, 0) })).toBe("not_found");
    expect(await refused({ ...whose, ticketIds: ["x"] })).toBe("not_found");
    expect(await refused({ ...whose, ticketIds: ids(others, 0) })).toBe("not_cancellable");
    expect(await refused({ ...whose, ticketIds: [...ids(tickets, 0), ...ids(others, 0)] })).toBe("not_cancellable");
    await checkInTicket(db, { code: tickets[1]?.code as string });
    expect(await refused({ ...whose, ticketIds: ids(tickets, 0, 1) })).toBe("not_cancellable");
    expect(await refused(whose)).toBe("not_cancellable");
    expect(await refused({ ...whose, ticketIds: ids(tickets, 0) })).toBe("done");
    expect(await refused({ ...whose, ticketIds: ids(tickets, 0) })).toBe("not_cancellable");

    const late = await makePaid({ startsInDays: 0.5 });
    const ticketIds = ids(late.tickets, 0);
    expect(await refused({ ...late.whose, ticketIds })).toBe("not_cancellable");
    const { concertId, reservationId } = late.whose;
    const granted = { madeBy: newId(), reason: "the singer is ill" };
    expect(await refused({ concertId, reservationId, granted })).toBe("done");
    const { rows } = await db.execute(
      sql`select made_by, reason, amount from refunds where reservation_id = ${reservationId}`,
    );
    expect(rows).toEqual([{ made_by: granted.madeBy, reason: granted.reason, amount: 100_000 }]);
  });
});

describe("a payment at the very end of its hold", () => {
  async function makeHold() {
    const { id: concertId, performances } = await makeConcert(db, { maxSeatsPerFan: 4 });
    const { rows } = await db.execute<{ id: string }>(
      sql`select id from seats where concert_id = ${concertId} limit 1`,
    );
    const admission = await admit(concertId, 1_000_000);
    const performanceId = performances[0]?.id as string;
    const held = await holdSeats(db, { admission, performanceId, seatIds: [rows[0]?.id as string] });
    return { admission, reservationId: held.id, amount: held.amount };
  }
  const endIn = (reservationId: string, ms: number) =>
    db.execute(sql`with r as (update reservations set expires_at = now() + make_interval(secs => ${ms / 1000}) where id = ${reservationId} returning *)
      update seats s set held_until = r.expires_at from r where s.reservation_id = r.id`);
  /** Payments begun one after the other across the end of a hold; how they came out, and when by the database. */
  async function payAcross(client: Client) {
    const { admission, reservationId, amount } = await makeHold();
    await endIn(reservationId, 15);
    const began = performance.now();
    const codes: string[] = [];
    // Nobody has the money before the hold is over; then it is there at once.
    await db.execute(sql`update wallets set balance = 0 where user_id = ${admission.userId}`);
    while (performance.now() - began < 40) {
      await payReservation(client, { admission, reservationId }).catch((error) => codes.push(error.code));
    }
    await db.execute(sql`update wallets set balance = 1000000 where user_id = ${admission.userId}`);
    const late = await payReservation(client, { admission, reservationId }).then(
      () => "paid",
      (error) => error.code,
    );
    const { balance } = await getWallet(db, admission.userId);
    return { codes, late, lost: 1_000_000 - balance, amount };
  }

  it("is refused from that instant on with nothing moved", async () => {
    for (let round = 0; round < 10; round += 1) {
      const { codes, late, lost } = await payAcross(round % 2 ? db : other);
      expect(late).toBe("reservation_expired");
      expect(lost).toBe(0);
      // Once over, over: no later call found the hold good again.
      const sinceOver = codes.includes("reservation_expired") ? codes.slice(codes.indexOf("reservation_expired")) : [];
      expect(sinceOver.filter((code) => code !== "reservation_expired")).toEqual([]);
    }
  });

  it("would go through if the statement did not ask the clock (negative control)", async () => {
    const mine = await cloneDatabase(10);
    const here = db;
    db = mine.db;
    try {
      const without = clientWithout(mine.url, 5, { statement: "booking_settle", guard: "and expires_at > now()" });
      const { late, lost, amount } = await payAcross(without.db);
      await without.end();
      expect([late, lost]).toEqual(["paid", amount]);
    } finally {
      stopLines(db);
      db = here;
      await mine.drop();
    }
  });
});
