import { sql } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Client, createClient } from "@/db/client";
import { crowd, meetingOf, untilBlocked } from "@/db/testing/crowd";
import { cloneDatabase, type TestDatabase } from "@/db/testing/database";
import { admitFan, inDays, makeConcert, makeUser } from "@/db/testing/factories";
import { holdSeats } from "@/lib/booking/hold-seats";
import { getReservation, readSalesFigures } from "@/lib/booking/queries";
import { newId } from "@/lib/core/ids";
import { type Admission, requireAdmission } from "@/lib/queue/admission";
import { stopLines } from "@/lib/queue/line";
import { signQueueToken } from "@/lib/queue/token";
import { checkInTicket } from "@/lib/tickets/check-in-ticket";
import { checkLedger, getWallet } from "@/lib/wallet/queries";
import { cancelReservation } from "./cancel-reservation";
import { payReservation } from "./pay-reservation";

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
  expect(await checkLedger(db)).toEqual([]);
});
afterAll(async () => {
  await other.$client.end();
  await test.drop();
});

const PRICE = 30_000;

async function makeHall(maxSeatsPerFan = 2, startsInDays = 30) {
  const { id: concertId, performances } = await makeConcert(db, {
    tiers: [{ name: "R", price: PRICE }],
    sections: [{ name: "A", tier: "R", rows: 1, seatsPerRow: 10 }],
    performances: [{ startsAt: inDays(startsInDays) }],
    maxSeatsPerFan,
    refundUntilHours: 24,
  });
  const performanceId = performances[0]?.id as string;
  const { rows } = await db.execute<{ id: string }>(
    sql`select id from seats where concert_id = ${concertId} order by number`,
  );
  return { concertId, performanceId, seatIds: rows.map((seat) => seat.id) };
}

async function admit(concertId: string, balance: number): Promise<Admission> {
  const { id: userId } = await makeUser(db, { balance });
  const entryId = await admitFan(db, { concertId, userId });
  const token = signQueueToken({ concertId, entryId, userId, number: null, generation: 0, enteredAt: new Date() });
  return await requireAdmission(db, { token, concertId, userId });
}

/** A fan with money and a hold on the first `seats` seats. */
async function makeHold(balance = 100_000, seats = 1, hall?: Awaited<ReturnType<typeof makeHall>>) {
  const { concertId, performanceId, seatIds } = hall ?? (await makeHall());
  const admission = await admit(concertId, balance);
  const held = await holdSeats(db, { admission, performanceId, seatIds: seatIds.slice(0, seats) });
  const whose = { concertId, reservationId: held.id, userId: admission.userId };
  return { admission, reservationId: held.id, whose, concertId, performanceId, seatIds };
}

async function lapse(concertId: string, reservationId: string) {
  await db.execute(
    sql`update reservations set expires_at = now() - interval '1 millisecond' where concert_id = ${concertId} and id = ${reservationId}`,
  );
  await db.execute(
    sql`update seats set held_until = now() - interval '1 millisecond' where concert_id = ${concertId} and reservation_id = ${reservationId}`,
  );
}

const codes = (outcomes: PromiseSettledResult<unknown>[]) =>
  outcomes.map((outcome) => (outcome.status === "fulfilled" ? "done" : outcome.reason.code));

const count = async (table: "tickets" | "payments", reservationId: string): Promise<number> => {
  const { rows } = await db.execute<{ n: number }>(
    sql`select count(*) as n from ${sql.identifier(table)} where reservation_id = ${reservationId}`,
  );
  return Number(rows[0]?.n);
};

describe("payReservation", () => {
  it("moves the money, sells the seats and issues the tickets", async () => {
    const { admission, reservationId, whose, concertId } = await makeHold(100_000, 2);
    const payment = await payReservation(db, { admission, reservationId });
    expect(payment).toMatchObject({ reservationId, amount: 2 * PRICE, currency: "KRW", balance: 100_000 - 2 * PRICE });
    expect(payment.tickets.map((ticket) => [ticket.section, ticket.row, ticket.number])).toEqual([
      ["A", 1, 1],
      ["A", 1, 2],
    ]);
    expect(await getReservation(other, whose)).toMatchObject({ status: "paid", paidAt: payment.paidAt });
    expect(await readSalesFigures(db, concertId)).toEqual({
      seats: { available: 8, held: 0, sold: 2 },
      revenue: 2 * PRICE,
    });
  });

  it("ends the admission once the fan has bought all that one may, not before", async () => {
    const hall = await makeHall(2);
    const { admission, reservationId, concertId, performanceId, seatIds } = await makeHold(200_000, 1, hall);
    const status = async () =>
      (
        await db.execute<{ status: string }>(
          sql`select status from queue_entries where concert_id = ${concertId} and id = ${admission.entryId}`,
        )
      ).rows[0]?.status;
    await payReservation(db, { admission, reservationId });
    expect(await status()).toBe("admitted");
    const second = await holdSeats(db, { admission, performanceId, seatIds: [seatIds[5] as string] });
    await payReservation(db, { admission, reservationId: second.id });
    expect(await status()).toBe("completed");
  });

  it("leaves the hold alone when the money is short", async () => {
    const { admission, reservationId, whose } = await makeHold(PRICE - 1);
    await expect(payReservation(db, { admission, reservationId })).rejects.toMatchObject({
      code: "insufficient_balance",
      extra: { balance: PRICE - 1, required: PRICE },
    });
    expect((await getReservation(db, whose)).status).toBe("held");
    expect(await count("payments", reservationId)).toBe(0);
  });

  it("happens once for fifty presses of the button on two processes", async () => {
    const { admission, reservationId } = await makeHold(1_000_000);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 50 }, (_, at) => payReservation(at % 2 ? db : other, { admission, reservationId })),
    );
    const words = codes(outcomes);
    expect(words.filter((word) => word === "done").length).toBe(1);
    expect(words.filter((word) => word === "reservation_already_paid").length).toBe(49);
    expect((await getWallet(db, admission.userId)).balance).toBe(1_000_000 - PRICE);
    expect(await count("tickets", reservationId)).toBe(1);
  });

  it("would debit twice if it looked first and wrote later (negative control)", async () => {
    const { admission, reservationId, concertId } = await makeHold(1_000_000);
    const { userId } = admission;
    const meet = meetingOf(2);
    const naive = async (client: Client) => {
      const { rows } = await client.execute<{ status: string }>(
        sql`select status from reservations where concert_id = ${concertId} and id = ${reservationId}`,
      );
      if (rows[0]?.status !== "held") return;
      await meet();
      const transferId = newId();
      await client.execute(sql`update wallets set balance = balance - ${PRICE} where user_id = ${userId}`);
      await client.execute(sql`insert into ledger_entries (user_id, id, transfer_id, account, kind, amount, balance_after, created_at)
        values (${userId}, ${newId()}, ${transferId}, 'wallet', 'payment', ${-PRICE}, 0, now()), (${userId}, ${newId()}, ${transferId}, 'revenue', 'payment', ${PRICE}, null, now())`);
      await client.execute(
        sql`update reservations set status = 'paid', paid_at = now() where concert_id = ${concertId} and id = ${reservationId}`,
      );
    };
    await Promise.all(Array.from({ length: 20 }, (_, at) => naive(at % 2 ? db : other)));
    expect((await getWallet(db, userId)).balance).toBeLessThan(1_000_000 - PRICE);
  });

  it("refuses a lapsed hold with nothing moved, and it stays lapsed", async () => {
    const { admission, reservationId, whose, concertId } = await makeHold();
    await lapse(concertId, reservationId);
    await expect(payReservation(db, { admission, reservationId })).rejects.toMatchObject({
      code: "reservation_expired",
    });
    expect((await getReservation(db, whose)).status).toBe("expired");
    expect((await getWallet(db, admission.userId)).balance).toBe(100_000);
  });

  it("loses to a hold that took the seat over while it waited", async () => {
    const { admission, reservationId, concertId, performanceId, seatIds } = await makeHold();
    const rival = await admit(concertId, 0);
    let paying: Promise<unknown> | undefined;
    await other.transaction(async (tx) => {
      await tx.execute(sql`select 1 from seats where concert_id = ${concertId} and id = ${seatIds[0]} for update`);
      paying = payReservation(db, { admission, reservationId });
      paying.catch(() => {});
      await untilBlocked(test.db, 1);
      // The hold ends and another fan takes the seat, all before the payment gets to it.
      await tx.execute(
        sql`update seats set held_until = now() - interval '1 second' where concert_id = ${concertId} and id = ${seatIds[0]}`,
      );
      await holdSeats(tx, { admission: rival, performanceId, seatIds: [seatIds[0] as string] });
    });
    await expect(paying).rejects.toMatchObject({ code: "reservation_expired" });
    expect((await getWallet(db, admission.userId)).balance).toBe(100_000);
    expect(await count("tickets", reservationId)).toBe(0);
  });

  it("never sells a seat whose hold lapses while payments and new holds race for it", async () => {
    const { concertId, performanceId, seatIds } = await makeHall(1);
    const fans = await crowd(20, () => admit(concertId, 100_000));
    const held = await Promise.allSettled(
      fans
        .slice(0, 10)
        .map((admission, at) => holdSeats(db, { admission, performanceId, seatIds: [seatIds[at] as string] })),
    );
    const reservations = held.map((outcome) => (outcome.status === "fulfilled" ? outcome.value.id : ""));
    await Promise.allSettled([
      ...reservations.map((id) => lapse(concertId, id)),
      ...reservations.map((reservationId, at) =>
        payReservation(other, { admission: fans[at] as Admission, reservationId }),
      ),
      ...seatIds.map((seatId, at) =>
        holdSeats(db, { admission: fans[10 + at] as Admission, performanceId, seatIds: [seatId] }),
      ),
    ]);
    const { rows } = await db.execute<{ wrong: number }>(sql`
      select count(*) as wrong from seats s left join reservations r on r.concert_id = s.concert_id and r.id = s.reservation_id
      where s.concert_id = ${concertId} and (s.sold_at is not null) <> coalesce(r.status = 'paid', false)`);
    expect(Number(rows[0]?.wrong)).toBe(0);
    const { rows: twice } = await db.execute(sql`
      select seat_id from tickets where concert_id = ${concertId} and status <> 'void' group by seat_id having count(*) > 1`);
    expect(twice).toEqual([]);
  });

  it("is all there or not at all when its backend is killed at any point", async () => {
    let unknown = 0;
    for (let round = 0; round < 12; round += 1) {
      const { admission, reservationId, whose } = await makeHold();
      const victim = createClient(test.url, 1);
      const { rows } = await victim.execute<{ pid: number }>(sql`select pg_backend_pid() as pid`);
      const paying = payReservation(victim, { admission, reservationId });
      paying.catch(() => {});
      for (let wait = 0; wait < round; wait += 1) await new Promise((resolve) => setImmediate(resolve));
      await db.execute(sql`select pg_terminate_backend(${rows[0]?.pid}, 5000)`);
      const outcome = await paying.then(
        () => "paid",
        () => "failed",
      );
      await victim.$client.end();
      if (outcome === "failed") unknown += 1;
      const { status } = await getReservation(db, whose);
      if (outcome === "paid") expect(status).toBe("paid");
      const isPaid = status === "paid";
      expect((await getWallet(db, admission.userId)).balance).toBe(isPaid ? 100_000 - PRICE : 100_000);
      expect(await count("tickets", reservationId)).toBe(isPaid ? 1 : 0);
      expect(await count("payments", reservationId)).toBe(isPaid ? 1 : 0);
      // The unknown outcome resolves: paying again pays it, or says that it is paid.
      const again = await payReservation(db, { admission, reservationId }).then(
        () => "paid",
        (error) => error.code,
      );
      expect(again).toBe(isPaid ? "reservation_already_paid" : "paid");
    }
    expect(unknown).toBeGreaterThan(0);
  });

  it("is closed to strangers, to those whose turn is over and to nonsense", async () => {
    const { admission, reservationId, concertId } = await makeHold();
    const stranger = await admit(concertId, 100_000);
    await expect(payReservation(db, { admission: stranger, reservationId })).rejects.toMatchObject({
      code: "not_found",
    });
    await expect(payReservation(db, { admission, reservationId: "1e309" })).rejects.toMatchObject({
      code: "not_found",
    });
    await db.execute(
      sql`update queue_entries set admitted_until = now() - interval '1 second' where concert_id = ${concertId} and id = ${admission.entryId}`,
    );
    await expect(payReservation(db, { admission, reservationId })).rejects.toMatchObject({ code: "admission_expired" });
  });
});

describe("cancelReservation", () => {
  it("releases a hold at once, and a second time has nothing to cancel", async () => {
    const { whose, concertId, admission, reservationId } = await makeHold();
    await cancelReservation(db, whose);
    expect((await getReservation(db, whose)).status).toBe("cancelled");
    expect((await readSalesFigures(db, concertId)).seats.available).toBe(10);
    await expect(cancelReservation(db, whose)).rejects.toMatchObject({ code: "not_cancellable" });
    await expect(payReservation(db, { admission, reservationId })).rejects.toMatchObject({
      code: "reservation_cancelled",
    });
  });

  it("refunds a paid one once, voids its tickets and sells the seats again", async () => {
    const { admission, reservationId, whose, concertId, performanceId, seatIds } = await makeHold();
    const payment = await payReservation(db, { admission, reservationId });
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, (_, at) => cancelReservation(at % 2 ? db : other, whose)),
    );
    expect(codes(outcomes).filter((word) => word === "done").length).toBe(1);
    expect((await getWallet(db, admission.userId)).balance).toBe(100_000);
    expect((await getReservation(db, whose)).status).toBe("refunded");
    await expect(checkInTicket(db, { code: payment.tickets[0]?.code as string })).rejects.toMatchObject({
      code: "ticket_invalid",
    });
    const rival = await admit(concertId, 100_000);
    const again = await holdSeats(db, { admission: rival, performanceId, seatIds: [seatIds[0] as string] });
    await payReservation(db, { admission: rival, reservationId: again.id });
  });

  it("refuses after the deadline and after the door", async () => {
    const late = await makeHold(100_000, 1, await makeHall(2, 0.5));
    await payReservation(db, late);
    await expect(cancelReservation(db, late.whose)).rejects.toMatchObject({ code: "not_cancellable" });
    const used = await makeHold();
    const payment = await payReservation(db, used);
    await checkInTicket(db, { code: payment.tickets[0]?.code as string });
    await expect(cancelReservation(db, used.whose)).rejects.toMatchObject({ code: "not_cancellable" });
  });
});
