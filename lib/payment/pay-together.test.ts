import { sql } from "drizzle-orm";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Client, createClient, type Db, type Tx } from "@/db/client";
import { crowd, untilBlocked } from "@/db/testing/crowd";
import { cloneDatabase, type TestDatabase } from "@/db/testing/database";
import { expireAdmission } from "@/db/testing/factories";
import { changeSeats } from "@/lib/booking/change-seats";
import { extendHold } from "@/lib/booking/extend-hold";
import { holdSeats } from "@/lib/booking/hold-seats";
import { holdSeatsTogether } from "@/lib/booking/hold-together";
import { getReservation, readSalesFigures } from "@/lib/booking/queries";
import { releaseHold } from "@/lib/booking/release-seats";
import { admit, admitMany, lapse, makeHall, type TestHall } from "@/lib/booking/testing/hall";
import { newId } from "@/lib/core/ids";
import { checkInvariants } from "@/lib/invariants/check-invariants";
import { clientWithout, type Removal } from "@/lib/invariants/testing/without-guard";
import type { Admission } from "@/lib/queue/admission";
import { stopLines } from "@/lib/queue/line";
import { replaceToken } from "@/lib/queue/replace-token";
import { getWallet, listEntries } from "@/lib/wallet/queries";
import { topUp } from "@/lib/wallet/top-up";
import { topUpTogether } from "@/lib/wallet/top-up-together";
import { cancelReservation } from "./cancel-reservation";
import { payReservation } from "./pay-reservation";
import { payTogether, type WantedPayment } from "./pay-together";

let test: TestDatabase;
let db: Client;
let other: Client;

beforeEach(async () => {
  test = await cloneDatabase(30);
  db = test.db;
  other = createClient(test.url, 30);
});
afterEach(async () => {
  stopLines(db);
  stopLines(other);
  await other.$client.end();
  await test.drop();
});

const PRICE = 50_000;
const RICH = 1_000_000;

/** A fan's hold, ready to be paid. */
async function holder(hall: TestHall, ...seats: number[]) {
  const admission = await admit(db, hall.concertId);
  const held = await holdSeats(db, {
    admission,
    performanceId: hall.performanceId,
    seatIds: seats.map((at) => hall.seatIds[at] as string),
  });
  return { admission, reservationId: held.id };
}

const holders = (hall: TestHall, count: number) => crowd(count, (at) => holder(hall, at));

/** One group, in a transaction of its own. */
const payAll = (client: Client, { concertId }: { concertId: string }, wanted: WantedPayment[]) =>
  client.transaction((tx) => payTogether(tx, concertId, wanted));

async function broken(): Promise<string[]> {
  return (await checkInvariants(db)).filter((finding) => finding.broken > 0).map(({ name }) => name);
}

/** All that a payment could have touched. */
async function traceOf({ admission: { userId, concertId }, reservationId }: WantedPayment): Promise<unknown> {
  const { rows } = await db.execute(sql`
    select (select to_jsonb(w) from wallets w where user_id = ${userId}) as wallet,
           (select count(*) from ledger_entries where user_id = ${userId}) as entries,
           (select to_jsonb(r) from reservations r where id::text = lower(${reservationId})) as reservation,
           (select jsonb_agg(to_jsonb(s) order by s.id) from seats s where reservation_id::text = lower(${reservationId})) as seats,
           (select count(*) from tickets where user_id = ${userId}) as tickets,
           (select count(*) from payments where user_id = ${userId}) as payments,
           (select jsonb_agg(to_jsonb(e)) from queue_entries e where concert_id = ${concertId} and user_id = ${userId}) as entry`);
  return rows[0];
}

describe("payTogether", () => {
  it("pays each as payReservation would, in order", async () => {
    const hall = await makeHall(db);
    const [a, b, alone] = [await holder(hall, 3, 2), await holder(hall, 7), await holder(hall, 9)];
    const paid = await payAll(db, hall, [a, b]);
    const single = await payReservation(db, alone);
    expect(paid[0]?.tickets.map(({ section, row, number }) => [section, row, number])).toEqual([
      ["A", 1, 3],
      ["A", 1, 4],
    ]);
    for (const [at, { admission, reservationId }] of [a, b].entries()) {
      const one = paid[at];
      const amount = (2 - at) * PRICE;
      expect(Object.keys(one ?? {})).toEqual(Object.keys(single));
      expect(Object.keys(one?.tickets[0] ?? {})).toEqual(Object.keys(single.tickets[0] ?? {}));
      expect(one).toMatchObject({ reservationId, amount, currency: "KRW", balance: RICH - amount });
      const whose = { concertId: hall.concertId, reservationId, userId: admission.userId };
      expect(await getReservation(other, whose)).toMatchObject({ status: "paid", paidAt: one?.paidAt });
      expect(await getWallet(other, admission.userId)).toEqual({ balance: RICH - amount, currency: "KRW" });
      const { items } = await listEntries(db, { userId: admission.userId, limit: 1 });
      expect(items).toEqual([
        expect.objectContaining({ kind: "payment", amount: -amount, balanceAfter: RICH - amount, reservationId }),
      ]);
      const { rows } = await db.execute(sql`
        select p.id, p.amount, p.currency, p.user_id, (select count(*)::int from tickets t where t.reservation_id = p.reservation_id) as tickets
        from payments p where reservation_id = ${reservationId}`);
      const { userId } = admission;
      expect(rows).toEqual([{ id: one?.id, amount, currency: "KRW", user_id: userId, tickets: 2 - at }]);
    }
    expect(await readSalesFigures(db, hall.concertId)).toEqual({
      seats: { available: 6, held: 0, sold: 4 },
      revenue: 4 * PRICE,
    });
    expect(await broken()).toEqual([]);
  });

  it("ends the turns of those who have bought all that one may, and of nobody else", async () => {
    const hall = await makeHall(db, { maxSeatsPerFan: 2 });
    const [full, half] = [await holder(hall, 0, 1), await holder(hall, 2)];
    await payAll(db, hall, [full, half]);
    const statusOf = async ({ admission }: WantedPayment) =>
      (await db.execute(sql`select status from queue_entries where id = ${admission.entryId}`)).rows[0]?.status;
    expect(await statusOf(full)).toBe("completed");
    expect(await statusOf(half)).toBe("admitted");
    const { admission } = half;
    const { performanceId, seatIds } = hall;
    const { id } = await holdSeats(db, { admission, performanceId, seatIds: seatIds.slice(3, 4) });
    await payAll(db, hall, [{ admission, reservationId: id }]);
    expect(await statusOf(half)).toBe("completed");
  });

  it("gives free seats away, also to fans without a wallet", async () => {
    const hall = await makeHall(db, { tiers: [{ name: "R", price: 0 }] });
    const [a, b] = [await holder(hall, 0), await holder(hall, 1)];
    const { userId } = b.admission;
    await db.execute(sql`delete from ledger_entries where user_id = ${userId}`);
    await db.execute(sql`delete from wallets where user_id = ${userId}`);
    const paid = await payAll(db, hall, [a, b]);
    expect(paid.map((one) => [one?.amount, one?.balance, one?.tickets.length])).toEqual([
      [0, RICH, 1],
      [0, 0, 1],
    ]);
    expect((await listEntries(db, { userId, limit: 10 })).items).toEqual([]);
    expect(await broken()).toEqual([]);
  });

  it("knows a reservation however it is spelled: all of the payment or nothing", async () => {
    const hall = await makeHall(db);
    const [a, b] = [await holder(hall, 0), await holder(hall, 1)];
    const paid = await payAll(db, hall, [{ ...a, reservationId: a.reservationId.toUpperCase() }, b]);
    expect(paid.map((one) => one?.reservationId)).toEqual([a.reservationId, b.reservationId]);
    expect(await broken()).toEqual([]);
  });

  it("throws, with nothing moved, if a fan is named twice or a wallet is of another currency", async () => {
    const hall = await makeHall(db);
    const [a, b] = [await holder(hall, 0), await holder(hall, 1)];
    const { performanceId, seatIds } = hall;
    const more = await holdSeats(db, { admission: a.admission, performanceId, seatIds: seatIds.slice(5, 6) });
    await db.execute(sql`update reservations set currency = 'USD' where id = ${b.reservationId}`);
    for (const group of [
      [a, { ...a, reservationId: more.id }],
      [a, a],
      [a, b],
    ]) {
      const before = await Promise.all(group.map(traceOf));
      await expect(payAll(db, hall, group)).rejects.toThrow();
      expect(await Promise.all(group.map(traceOf))).toEqual(before);
    }
  });
});

describe("one who cannot pay is left out with nothing moved, and the others pay", () => {
  type Case = (hall: TestHall, odd: WantedPayment) => Promise<Partial<WantedPayment>>;
  const whoseOf = ({ concertId }: TestHall, { admission, reservationId }: WantedPayment) => {
    return { concertId, reservationId, userId: admission.userId };
  };
  const cases: Record<string, Case> = {
    "who has not enough": async (_, { admission: { userId } }) => {
      await db.execute(
        sql`update ledger_entries set amount = sign(amount) * ${PRICE - 1}, balance_after = case when account = 'wallet' then ${PRICE - 1}::int8 end where user_id = ${userId}`,
      );
      await db.execute(sql`update wallets set balance = ${PRICE - 1} where user_id = ${userId}`);
      return {};
    },
    "who has no wallet": async (_, { admission: { userId } }) => {
      await db.execute(sql`delete from ledger_entries where user_id = ${userId}`);
      await db.execute(sql`delete from wallets where user_id = ${userId}`);
      return {};
    },
    "who is late": async ({ concertId }, { reservationId }) => {
      await lapse(db, { concertId, id: reservationId });
      return {};
    },
    "whose seat somebody else took over": async (hall, { reservationId }) => {
      await lapse(db, { concertId: hall.concertId, id: reservationId });
      await holder(hall, 4);
      return {};
    },
    "with somebody else's reservation": async (hall) => ({ reservationId: (await holder(hall, 5)).reservationId }),
    "with a reservation that is not there": async () => ({ reservationId: newId() }),
    "with a reservation of another concert": async (_, { admission }) => {
      const elsewhere = await makeHall(db);
      const there = await admit(db, elsewhere.concertId, admission.userId);
      const { performanceId, seatIds } = elsewhere;
      const held = await holdSeats(db, { admission: there, performanceId, seatIds: seatIds.slice(0, 1) });
      return { reservationId: held.id };
    },
    "who has paid": async (_, odd) => {
      await payReservation(db, odd);
      return {};
    },
    "who gave it up": async (hall, odd) => {
      await releaseHold(db, whoseOf(hall, odd));
      return {};
    },
    "who was given the money back": async (hall, odd) => {
      await payReservation(db, odd);
      await cancelReservation(db, whoseOf(hall, odd));
      return {};
    },
    "whose turn is over": async (_, { admission }) => {
      await expireAdmission(db, admission);
      return {};
    },
    "whose token was replaced": async (_, { admission }) => {
      await replaceToken(db, admission);
      return {};
    },
    "with somebody else's turn": async (hall, { admission }) => ({
      admission: { ...admission, entryId: (await admit(db, hall.concertId)).entryId },
    }),
  };

  it.each(Object.entries(cases))("%s", async (_, prepare) => {
    const hall = await makeHall(db);
    const [a, b, odd] = [await holder(hall, 0), await holder(hall, 1), await holder(hall, 4)];
    const wanted = { ...odd, ...(await prepare(hall, odd)) };
    const before = await traceOf(wanted);
    const paid = await payAll(db, hall, [a, wanted, b]);
    expect(paid.map((one) => one?.reservationId ?? null)).toEqual([a.reservationId, null, b.reservationId]);
    expect(await traceOf(wanted)).toEqual(before);
    // The single verb, whose word it is, says no, too.
    await expect(payReservation(db, wanted)).rejects.toMatchObject({ name: "AppError" });
  });

  it("who names the reservation that its own fan pays in the same group", async () => {
    const hall = await makeHall(db);
    const [a, b, odd] = [await holder(hall, 0), await holder(hall, 1), await holder(hall, 4)];
    const foreign = { ...odd, reservationId: a.reservationId };
    const before = await traceOf(odd);
    for (const group of [
      [foreign, a],
      [b, foreign],
    ]) {
      const paid = await payAll(db, hall, group);
      expect(paid.map((one) => one !== null)).toEqual(group.map((one) => one !== foreign));
    }
    expect(await traceOf(odd)).toEqual(before);
    expect(await broken()).toEqual([]);
  });

  it("and an offer whose fan has no turn is for the single verb", async () => {
    const hall = await makeHall(db);
    const [a, offered] = [await holder(hall, 0), await holder(hall, 1)];
    await db.execute(sql`update reservations set offered = true where id = ${offered.reservationId}`);
    await expireAdmission(db, offered.admission);
    expect((await payAll(db, hall, [a, offered])).map((one) => one !== null)).toEqual([true, false]);
    expect(await payReservation(db, offered)).toMatchObject({ reservationId: offered.reservationId });
  });
});

describe("a group that had to wait for somebody's lock looks again at what it got", () => {
  type Raced = { hall: TestHall; a: WantedPayment; b: WantedPayment; rival: Admission };

  /** Lets `meanwhile` commit while a group stands before a lock that it has. */
  async function raced(
    meanwhile: (tx: Db, given: Raced) => Promise<unknown>,
    pay = (hall: TestHall, group: WantedPayment[]) => payAll(db, hall, group),
    before: (given: Raced) => Promise<unknown> = async () => {},
  ) {
    const hall = await makeHall(db, { holdExtensions: 1 });
    const rival = await admit(db, hall.concertId);
    const given = { hall, a: await holder(hall, 0, 1), b: await holder(hall, 2), rival };
    await before(given);
    let waiting: ReturnType<typeof payAll> | undefined;
    await other.transaction(async (tx) => {
      await meanwhile(tx as Tx, given);
      waiting = pay(hall, [given.a, given.b]);
      waiting.catch(() => {});
      await untilBlocked(test.db, 1);
    });
    return { ...given, paying: waiting as NonNullable<typeof waiting> };
  }

  const TAKEN_OVER = async (tx: Db, { hall, a, rival }: Raced) => {
    // The hold ends and another fan takes the seat, all before the payment gets to it.
    await tx.execute(
      sql`update seats set held_until = now() - interval '1 second' where concert_id = ${hall.concertId} and reservation_id = ${a.reservationId}`,
    );
    const { performanceId, seatIds } = hall;
    await holdSeats(tx, { admission: rival, performanceId, seatIds: seatIds.slice(0, 1) });
  };

  it("at a seat that somebody else has by now: it sells nothing of anybody's", async () => {
    const { a, b, paying } = await raced(TAKEN_OVER);
    await expect(paying).rejects.toThrow(/is not its own/);
    for (const { admission } of [a, b]) expect((await getWallet(db, admission.userId)).balance).toBe(RICH);
    await expect(payReservation(db, a)).rejects.toMatchObject({ code: "reservation_expired" });
    expect(await payReservation(db, b)).toMatchObject({ amount: PRICE });
    // By now its hold is over in the reservation, too.
    await lapse(db, { concertId: a.admission.concertId, id: a.reservationId });
    expect(await broken()).toEqual([]);
  });

  it("at a seat that somebody else has by now, without the guards: it sells it (negative control)", async () => {
    const unguarded = clientWithout(
      test.url,
      5,
      {
        statement: "booking_settle_together",
        guard: "and s.reservation_id = (select reservation_id from places where places.id = s.id)",
      },
      { statement: "booking_settle_together", guard: "where sold.reservation_id = paid.id" },
    );
    const { paying } = await raced(TAKEN_OVER, (hall, [a]) => payAll(unguarded.db, hall, [a as WantedPayment]));
    expect((await paying)[0]?.tickets).toHaveLength(2);
    expect(await broken()).toEqual(expect.arrayContaining(["promise-kept"]));
    await unguarded.end();
  });

  it("at a seat that is still its own", async () => {
    const { paying } = await raced((tx, { hall }) =>
      tx.execute(
        sql`update seats set price = price + 0 where concert_id = ${hall.concertId} and id = ${hall.seatIds[0]}`,
      ),
    );
    expect((await paying).map((one) => one?.tickets.length)).toEqual([2, 1]);
  });

  it("at a hold that was extended", async () => {
    const { paying } = await raced((tx, { a }) => extendHold(tx, a));
    expect((await paying).map((one) => one?.tickets.length)).toEqual([2, 1]);
  });

  it("at a hold that was given up", async () => {
    const { paying, a, b } = await raced((tx, { a }) =>
      releaseHold(tx, { ...a.admission, reservationId: a.reservationId }),
    );
    expect((await paying).map((one) => one?.tickets.length ?? null)).toEqual([null, 1]);
    expect((await getWallet(db, a.admission.userId)).balance).toBe(RICH);
    expect((await getWallet(db, b.admission.userId)).balance).toBe(RICH - PRICE);
  });

  it("at a hold whose seats were changed: the price is that of the seats that are sold, or nothing is", async () => {
    const dropped = await raced((tx, { a, hall }) => changeSeats(tx, { ...a, seatIds: hall.seatIds.slice(0, 1) }));
    expect((await dropped.paying).map((one) => [one?.amount, one?.tickets.length])).toEqual([
      [PRICE, 1],
      [PRICE, 1],
    ]);
    const added = await raced((tx, { a, hall }) => changeSeats(tx, { ...a, seatIds: hall.seatIds.slice(4, 7) }));
    await expect(added.paying).rejects.toThrow(/is not its own/);
    expect(await payReservation(db, added.a)).toMatchObject({ amount: 3 * PRICE });
    expect(await broken()).toEqual([]);
  });

  it("at a wallet that was topped up, or emptied", async () => {
    const fuller = await raced((tx, { a }) => topUp(tx, { userId: a.admission.userId, amount: 7 }));
    expect((await fuller.paying).map((one) => one?.balance)).toEqual([RICH + 7 - 2 * PRICE, RICH - PRICE]);
    const elsewhere = await makeHall(db, { tiers: [{ name: "R", price: RICH }] });
    const { performanceId, seatIds } = elsewhere;
    const emptied = await raced(
      async (tx, { a }) => {
        const { rows } = await tx.execute<{ id: string; entry_id: string }>(
          sql`select id, entry_id from reservations where concert_id = ${elsewhere.concertId} and user_id = ${a.admission.userId}`,
        );
        const { id, entry_id: entryId } = rows[0] as { id: string; entry_id: string };
        const admission = { ...a.admission, concertId: elsewhere.concertId, entryId };
        await payReservation(tx, { admission, reservationId: id });
      },
      undefined,
      async ({ a }) => {
        const admission = await admit(db, elsewhere.concertId, a.admission.userId);
        await holdSeats(db, { admission, performanceId, seatIds: seatIds.slice(0, 1) });
      },
    );
    await expect(emptied.paying).rejects.toThrow(/no longer holds/);
    await expect(payReservation(db, emptied.a)).rejects.toMatchObject({ code: "insufficient_balance" });
    expect((await getWallet(db, emptied.b.admission.userId)).balance).toBe(RICH);
    expect(await broken()).toEqual([]);
  });
});

describe("locks", () => {
  it("are taken in the order of ids, however the fans came: reservations and seats", async () => {
    /** Stands before the lock on the first row, in the order of ids, and has not got the last one by then. */
    async function hasOrder(table: string, idOf: (one: WantedPayment, seatId: string) => string) {
      const hall = await makeHall(db);
      const group = (await holders(hall, 6)).map((one, at) => ({ ...one, id: idOf(one, hall.seatIds[at] as string) }));
      group.sort((x, y) => (x.id < y.id ? -1 : 1));
      const lock = (id: string | undefined, how: string) =>
        sql.raw(`select 1 from ${table} where id = '${id}' for update ${how}`);
      let waiting: Promise<unknown> | undefined;
      const isFree = await other.transaction(async (tx) => {
        await tx.execute(lock(group[0]?.id, ""));
        waiting = payAll(db, hall, [...group].reverse());
        await untilBlocked(test.db, 1);
        return (await db.execute(lock(group.at(-1)?.id, "skip locked"))).rows.length === 1;
      });
      await waiting;
      return isFree;
    }
    expect(await hasOrder("reservations", ({ reservationId }) => reservationId)).toBe(true);
    expect(await hasOrder("seats", (_, seatId) => seatId)).toBe(true);
  });
});

describe("at the end of a hold", () => {
  /** As time would, for whatever is still held; time waits for no lock, so these are taken in everybody's order. */
  async function endHolds(client: Client, { concertId }: TestHall): Promise<void> {
    await client.execute(sql`
      with held as (
        select id from reservations where concert_id = ${concertId} and status = 'held' order by id for update)
      update reservations r set expires_at = now() from held where r.concert_id = ${concertId} and r.id = held.id`);
    await client.execute(sql`
      with held as (
        select id from seats
        where concert_id = ${concertId} and sold_at is null and held_until is not null order by id for update)
      update seats s set held_until = now() from held where s.concert_id = ${concertId} and s.id = held.id`);
  }

  it("a seat is sold to whoever paid in time or is the next one's, never both", async () => {
    for (let round = 0; round < 5; round += 1) {
      const hall = await makeHall(db, { seatsPerRow: 12, maxSeatsPerFan: 1 });
      const group = await holders(hall, 12);
      const rivals = await admitMany(db, hall.concertId, 12);
      const { concertId, performanceId, seatIds } = hall;
      const wishes = rivals.map((admission, at) => ({ admission, performanceId, seatIds: [seatIds[at] as string] }));
      const [paid] = await Promise.all([
        Promise.allSettled([0, 4, 8].map((from) => payAll(other, hall, group.slice(from, from + 4)))),
        endHolds(db, hall).then(() =>
          Promise.allSettled(
            [0, 6].map((from) =>
              db.transaction((tx) => holdSeatsTogether(tx, concertId, wishes.slice(from, from + 6))),
            ),
          ),
        ),
      ]);
      for (const one of paid) if (one.status === "rejected") expect(String(one.reason)).toMatch(/not its own/);
      const { rows } = await db.execute<{ wrong: number }>(sql`
        select count(*)::int as wrong from seats s left join reservations r on r.concert_id = s.concert_id and r.id = s.reservation_id
        where s.concert_id = ${concertId} and (s.sold_at is not null) <> coalesce(r.status = 'paid', false)`);
      expect(rows[0]?.wrong).toBe(0);
    }
    expect(await broken()).toEqual([]);
  });

  it.each<[string, Removal, string, (hall: TestHall, one: WantedPayment) => Promise<unknown>]>([
    [
      "a late payment",
      { statement: "booking_settle_together", guard: "and r.status = 'held' and r.expires_at > now()" },
      "paid-in-time",
      (hall, { reservationId }) => lapse(db, { concertId: hall.concertId, id: reservationId }),
    ],
    [
      "a payment from an empty wallet",
      { statement: "wallet_pay_together", guard: "and w.balance >= a.amount" },
      "running-balance",
      async (_, { admission }) => {
        await db.execute(sql`alter table wallets drop constraint wallets_balance_check`);
        await db.execute(sql`update wallets set balance = 0 where user_id = ${admission.userId}`);
      },
    ],
  ])("%s would go through without its guard (negative control)", async (_, guard, name, prepare) => {
    const hall = await makeHall(db);
    const one = await holder(hall, 0);
    const unguarded = clientWithout(test.url, 2, guard, {
      statement: "booking_settle_together",
      guard: "and r.amount <= a.balance",
    });
    await prepare(hall, one);
    expect((await payAll(unguarded.db, hall, [one]))[0]).not.toBeNull();
    expect(await broken()).toEqual(expect.arrayContaining([name]));
    await unguarded.end();
  });

  it("one reservation is paid once by twenty groups and twenty single payments of two processes", async () => {
    const hall = await makeHall(db, { rows: 3 });
    const [wanted, ...others] = (await holders(hall, 21)) as unknown as [WantedPayment, ...WantedPayment[]];
    const settled = await Promise.allSettled(
      others.flatMap((neighbour, at) => [
        payAll(at % 2 ? db : other, hall, [wanted, neighbour]),
        payReservation(at % 2 ? other : db, wanted).then((one) => [one, null]),
      ]),
    );
    const paid = settled.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
    expect(paid.filter(([first]) => first)).toHaveLength(1);
    expect((await getWallet(db, wanted.admission.userId)).balance).toBe(RICH - PRICE);
    expect(await broken()).toEqual([]);
  });
});

describe("whatever groups and single calls do at one time", () => {
  const FANS = 6;
  const fan = fc.nat(FANS - 1);
  const group = fc.uniqueArray(fan, { minLength: 1, maxLength: 4 });
  const seat = fc.nat(9);
  const amount = fc.integer({ min: 1, max: 90_000 });
  const step = fc.oneof(
    fc.record({ kind: fc.constant("hold" as const), fans: group, seat }),
    fc.record({ kind: fc.constant("pay" as const), fans: group }),
    fc.record({ kind: fc.constant("top up" as const), fans: group, amount }),
    fc.record({ kind: fc.constant("hold alone" as const), fan, seat }),
    fc.record({ kind: fc.constant("pay alone" as const), fan }),
    fc.record({ kind: fc.constant("top up alone" as const), fan, amount }),
    fc.record({ kind: fc.constant("give up" as const), fan }),
  );
  type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

  /** Reasons for which a group is taken back, to be made alone. */
  const isForeseen = (error: Error) =>
    error.name === "AppError" || /is not its own|no longer holds/.test(error.message);

  async function carryOut(client: Client, hall: TestHall, fans: Admission[], one: Step): Promise<number> {
    const { concertId, performanceId, seatIds } = hall;
    const who = (at: number) => fans[at] as Admission;
    const heldBy = async (at: number) => {
      const { rows } = await client.execute<{ id: string }>(
        sql`select id from reservations where user_id = ${who(at).userId} and status in ('held', 'paid') order by random() limit 1`,
      );
      return { admission: who(at), reservationId: rows[0]?.id ?? newId() };
    };
    const wish = (at: number, seat: number) => ({
      admission: who(at),
      performanceId,
      seatIds: [seatIds[seat % 10] as string],
    });
    switch (one.kind) {
      case "hold": {
        const wishes = one.fans.map((at, n) => wish(at, one.seat + n));
        await client.transaction((tx) => holdSeatsTogether(tx, concertId, wishes));
        return 0;
      }
      case "pay":
        await payAll(client, hall, await Promise.all(one.fans.map(heldBy)));
        return 0;
      case "top up": {
        const wanted = one.fans.map((at) => ({ userId: who(at).userId, amount: one.amount }));
        const added = await client.transaction((tx) => topUpTogether(tx, wanted));
        return added.filter(Boolean).length * one.amount;
      }
      case "hold alone":
        await holdSeats(client, wish(one.fan, one.seat));
        return 0;
      case "pay alone":
        await payReservation(client, await heldBy(one.fan));
        return 0;
      case "top up alone":
        await topUp(client, { userId: who(one.fan).userId, amount: one.amount });
        return one.amount;
      case "give up": {
        const { reservationId } = await heldBy(one.fan);
        await cancelReservation(client, { concertId, reservationId, userId: who(one.fan).userId });
        return 0;
      }
    }
  }

  it("no won appears or vanishes, no seat is sold twice and every promise is kept", async () => {
    const sold: number[] = [];
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(step, { minLength: 2, maxLength: 10 }), { minLength: 1, maxLength: 4 }),
        async (rounds) => {
          const hall = await makeHall(db, { maxSeatsPerFan: 3 });
          const fans = await admitMany(db, hall.concertId, FANS);
          let added = 0;
          for (const steps of rounds) {
            const ends = await Promise.allSettled(
              steps.map((one, at) => carryOut(at % 2 ? db : other, hall, fans, one)),
            );
            for (const end of ends) {
              if (end.status === "fulfilled") added += end.value;
              else if (!isForeseen(end.reason)) throw end.reason;
            }
          }
          const wallets = await Promise.all(fans.map(({ userId }) => getWallet(db, userId)));
          const { revenue, seats } = await readSalesFigures(db, hall.concertId);
          expect(wallets.reduce((sum, { balance }) => sum + balance, 0) + revenue).toBe(FANS * RICH + added);
          expect(revenue).toBe(seats.sold * PRICE);
          sold.push(seats.sold);
        },
      ),
      { numRuns: 25 },
    );
    expect(Math.max(...sold)).toBeGreaterThan(1);
    expect(await broken()).toEqual([]);
  });
});
