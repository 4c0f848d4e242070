import { sql } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Client } from "@/db/client";
import { queues } from "@/db/schema/queue";
import { crowd } from "@/db/testing/crowd";
import { cloneDatabase, type TestDatabase } from "@/db/testing/database";
import { makeUser } from "@/db/testing/factories";
import { raceBefore } from "@/db/testing/race-before";
import { cancelReservation } from "@/lib/payment/cancel-reservation";
import { payReservation } from "@/lib/payment/pay-reservation";
import { admitNext } from "@/lib/queue/admit-next";
import { joinQueue } from "@/lib/queue/join-queue";
import { leaveQueue } from "@/lib/queue/leave-queue";
import { stopLines } from "@/lib/queue/line";
import { readQueueToken } from "@/lib/queue/token";
import { checkInTicket } from "@/lib/tickets/check-in-ticket";
import { checkInvariants } from "./check-invariants";
import { clientWithout, type Removal } from "./testing/without-guard";
import { admit, type Fan, hold, join, makeHall, payOnce } from "./testing/world";

let test: TestDatabase;
beforeEach(async () => {
  test = await cloneDatabase();
});
afterEach(async () => {
  stopLines(test.db);
  await test.drop();
});

const POOL = 20;
/** The number of a lock that nothing else asks for. */
const TURNSTILE = 2027;

async function broken(): Promise<string[]> {
  return (await checkInvariants(test.db)).filter((finding) => finding.broken > 0).map(({ name }) => name);
}

/** Everything at once; who wins is not asked. */
const race = (work: Promise<unknown>[]) => Promise.allSettled(work);

const roomOf = (concertId: string) => sql`select from queues where concert_id = ${concertId} for update`;

type Race = {
  what: string;
  /** The guards to take away. */
  without: Removal[];
  /** Constraints that stand behind them. */
  constraints?: string[];
  /** What verify must then name. */
  names: string[];
  run(db: Client): Promise<unknown>;
};

const seatsFree = "and s.sold_at is null and (s.held_until is null or s.held_until <= now())";

const RACES: Race[] = [
  {
    what: "twenty fans hold one seat",
    without: [{ statement: "booking_hold_seats", guard: seatsFree }],
    names: ["seat-promised-once", "promise-kept"],
    async run(db) {
      const hall = await makeHall(test.db);
      const fans = await admit(test.db, hall, 20);
      await race(fans.map((fan) => hold(db, hall, fan, 0)));
    },
  },
  {
    what: "one fan holds twenty seats at once, four being the limit",
    without: [
      {
        statement: "booking_hold_seats",
        guard: "and e.holds = (select holds from queue_entries where concert_id = $1 and id = $2)",
      },
    ],
    names: ["fan-within-limit"],
    async run(db) {
      const hall = await makeHall(test.db);
      const [fan] = (await admit(test.db, hall, 1)) as [Fan];
      const entry = sql`select from queue_entries where concert_id = ${hall.concertId} and user_id = ${fan.userId} for update`;
      await raceBefore(
        test.url,
        entry,
        POOL,
        hall.seatIds.map((_, at) => () => hold(db, hall, fan, at)),
      );
    },
  },
  {
    what: "a fan without a turn holds a seat",
    without: [
      { statement: "booking_hold_seats", guard: "e.status = 'admitted' and e.admitted_until > now()", instead: "true" },
    ],
    names: ["held-by-the-admitted"],
    async run(db) {
      const hall = await makeHall(test.db);
      const [fan] = (await admit(test.db, hall, 1)) as [Fan];
      const { concertId } = hall;
      await test.db.update(queues).set({ mode: "paused" }).where(sql`concert_id = ${concertId}`);
      const { token, userId } = await join(test.db, hall);
      const entryId = readQueueToken(token)?.entryId as string;
      await race([hold(db, hall, { ...fan, userId, admission: { ...fan.admission, userId, entryId } }, 0)]);
    },
  },
  {
    what: "a lapsed hold is paid",
    without: [{ statement: "booking_settle", guard: "and status = 'held' and expires_at > now()" }],
    names: ["paid-in-time"],
    async run(db) {
      const hall = await makeHall(test.db);
      const [fan] = (await admit(test.db, hall, 1)) as [Fan];
      const { id } = await hold(test.db, hall, fan, 0);
      await test.db.execute(sql`update reservations set expires_at = now() where id = ${id}`);
      await test.db.execute(sql`update seats set held_until = now() where reservation_id = ${id}`);
      await race([payReservation(db, { ...fan, reservationId: id })]);
    },
  },
  {
    what: "one reservation is paid twenty times at once",
    without: [
      { statement: "booking_settle", guard: "and status = 'held' and expires_at > now()" },
      { statement: "booking_settle", guard: "and s.sold_at is null" },
    ],
    constraints: [
      "drop index tickets_seat_key",
      "drop index ledger_entries_payment_key",
      `alter table payments drop constraint "payments_concertId_reservationId_unique"`,
    ],
    names: ["paid-once", "payment-moved-its-money", "seat-sold-once", "ticket-for-each-paid-seat"],
    async run(db) {
      const hall = await makeHall(test.db);
      const [fan] = (await admit(test.db, hall, 1)) as [Fan];
      const { id } = await hold(test.db, hall, fan, 0);
      await race(Array.from({ length: 20 }, () => payReservation(db, { ...fan, reservationId: id })));
    },
  },
  {
    what: "a paid reservation is given back twenty times at once",
    without: [
      { statement: "booking_lock_paid", guard: "for update of r" },
      { statement: "tickets_void", guard: "and status <> 'void'" },
      { statement: "booking_free_sold", guard: "and s.reservation_id = $2", instead: "and $2::uuid is not null" },
      { statement: "booking_free_sold", guard: "and s.sold_at is not null" },
    ],
    constraints: ["alter table refunded_tickets drop constraint refunded_tickets_concert_id_ticket_id_pk"],
    names: ["refunded-what-was-paid"],
    async run(db) {
      const hall = await makeHall(test.db);
      const [fan] = (await admit(test.db, hall, 1)) as [Fan];
      const { id } = await hold(test.db, hall, fan, 0);
      await payReservation(test.db, { ...fan, reservationId: id });
      const whose = { concertId: hall.concertId, reservationId: id, userId: fan.userId };
      const tickets = sql`select from tickets where concert_id = ${hall.concertId} for update`;
      await raceBefore(
        test.url,
        tickets,
        POOL,
        Array.from({ length: 20 }, () => () => cancelReservation(db, whose)),
      );
    },
  },
  {
    what: "twenty payments at once from a wallet that can bear ten",
    without: [{ statement: "wallet_pay", guard: "and balance >= $2::int8" }],
    constraints: ["alter table wallets drop constraint wallets_balance_check"],
    names: ["balance-of-its-entries", "running-balance"],
    async run(db) {
      const hall = await makeHall(test.db, { maxSeatsPerFan: 20 });
      const [fan] = (await admit(test.db, hall, 1)) as [Fan];
      const held = [];
      for (const at of hall.seatIds.keys()) held.push(await hold(test.db, hall, fan, at));
      await race(held.map(({ id }) => payReservation(db, { ...fan, reservationId: id })));
    },
  },
  {
    what: "a ticket is used while it is given back",
    without: [{ statement: "tickets_check_in", guard: "and t.status = 'issued'" }],
    names: ["ticket-for-each-paid-seat"],
    async run(db) {
      const hall = await makeHall(test.db);
      const [fan] = (await admit(test.db, hall, 1)) as [Fan];
      const { id } = await hold(test.db, hall, fan, 0);
      const { body } = await payOnce(test.db, fan, id);
      const { concertId } = hall;
      await cancelReservation(test.db, { concertId, reservationId: id, userId: fan.userId });
      await race([checkInTicket(db, { code: JSON.parse(body).tickets[0].code })]);
    },
  },
  {
    what: "thirty fans join at once",
    without: [{ statement: "queue_enter", guard: "for update" }],
    constraints: ["drop index queue_entries_number_key"],
    names: ["numbers-without-gap"],
    async run(db) {
      const { concertId } = await makeHall(test.db);
      const fans = await crowd(30, () => makeUser(test.db));
      await raceBefore(
        test.url,
        roomOf(concertId),
        POOL,
        fans.map(
          ({ id }) =>
            () =>
              joinFromAProcess(db, concertId, id),
        ),
      );
    },
  },
  {
    what: "a fan joins ten times at once, from ten processes",
    without: [{ statement: "queue_enter", guard: "user_id not in (select user_id from known)", instead: "true" }],
    constraints: ["drop index queue_entries_live_key"],
    names: ["one-live-entry"],
    async run(db) {
      const hall = await makeHall(test.db);
      const { id } = await makeUser(test.db);
      await race(Array.from({ length: 10 }, () => joinFromAProcess(db, hall.concertId, id)));
    },
  },
  {
    what: "twenty waiting fans leave at once",
    without: [{ statement: "queue_lock_room", guard: "for update" }],
    constraints: ["alter table queue_departures drop constraint queue_departures_concert_id_seq_pk"],
    names: ["departures-told"],
    async run(db) {
      const hall = await makeHall(test.db);
      const fans = [];
      while (fans.length < 20) fans.push(await join(test.db, hall));
      // Each from a process of its own: those of one process leave in one transaction.
      await raceBefore(
        test.url,
        roomOf(hall.concertId),
        POOL,
        fans.map(
          ({ token }) =>
            () =>
              leaveQueue(Object.create(db), readQueueToken(token) as never),
        ),
      );
    },
  },
  {
    what: "ten tickers let in at once",
    without: [
      { statement: "queue_try_lock_room", guard: "for update skip locked" },
      // They count at one time and let in one after the other: each counts what was there before the lock that it gets.
      {
        statement: "queue_count_active",
        guard: "count(*)",
        instead: `count(*) + (select case when pg_advisory_xact_lock(${TURNSTILE}) is null then 1 else 0 end)`,
      },
    ],
    names: ["no-more-than-the-limit"],
    async run(db) {
      const hall = await makeHall(test.db);
      await test.db.update(queues).set({ activeLimit: 5, credit: 1000 }).where(sql`concert_id = ${hall.concertId}`);
      for (let fans = 0; fans < 40; fans += 1) await join(test.db, hall);
      await raceBefore(
        test.url,
        sql.raw(`select pg_advisory_xact_lock(${TURNSTILE})`),
        10,
        Array.from({ length: 10 }, () => () => admitNext(db, hall.concertId)),
      );
    },
  },
  {
    what: "the ticker lets in whom it likes",
    without: [
      {
        statement: "queue_admit",
        guard: "e.number > $6 and e.number <= (select last from ordinary)",
        instead: "e.number > $6 + (select last from ordinary)",
      },
    ],
    names: ["first-come-first-served", "served-are-served"],
    async run(db) {
      const hall = await makeHall(test.db);
      await test.db.update(queues).set({ activeLimit: 2 }).where(sql`concert_id = ${hall.concertId}`);
      for (let fans = 0; fans < 4; fans += 1) await join(test.db, hall);
      await admitNext(db, hall.concertId);
    },
  },
];

/** One process groups its fans' joins; another client object of the same pool is another group. */
async function joinFromAProcess(db: Client, concertId: string, userId: string) {
  const apart = Object.create(db) as Client;
  await joinQueue(apart, { concertId, userId }).finally(() => stopLines(apart));
}

describe.each(RACES)("$what", ({ without, constraints = [], names, run }) => {
  it("and every invariant holds", async () => {
    await run(test.db);
    expect(await broken()).toEqual([]);
  });

  it("and verify names what breaks without the guard (negative control)", async () => {
    for (const constraint of constraints) await test.db.execute(sql.raw(constraint));
    const unguarded = clientWithout(test.url, POOL, ...without);
    await run(unguarded.db).finally(() => stopLines(unguarded.db));
    expect(await broken()).toEqual(expect.arrayContaining(names));
    await unguarded.end();
  });
});
