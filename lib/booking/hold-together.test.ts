import { sql } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Client, createClient } from "@/db/client";
import { untilBlocked } from "@/db/testing/crowd";
import { cloneDatabase, type TestDatabase } from "@/db/testing/database";
import { expireAdmission, inDays } from "@/db/testing/factories";
import { newId } from "@/lib/core/ids";
import { checkInvariants } from "@/lib/invariants/check-invariants";
import { clientWithout } from "@/lib/invariants/testing/without-guard";
import type { Admission, PresentedToken } from "@/lib/queue/admission";
import { extendAdmissions } from "@/lib/queue/extend-admissions";
import { stopLines } from "@/lib/queue/line";
import { replaceToken } from "@/lib/queue/replace-token";
import { changeSeats } from "./change-seats";
import { extendHold } from "./extend-hold";
import { holdSeats } from "./hold-seats";
import { fitsTogether, HOLD_TOGETHER, holdSeatsTogether, type WantedHold } from "./hold-together";
import { getReservation } from "./queries";
import { releaseHold } from "./release-seats";
import { admit, admitMany, lapse, makeHall, type TestHall, takenSeats } from "./testing/hall";

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
});
afterAll(async () => {
  await other.$client.end();
  await test.drop();
});

const wish = (hall: TestHall, admission: PresentedToken, ...seats: number[]): WantedHold => ({
  admission,
  performanceId: hall.performanceId,
  seatIds: seats.map((at) => hall.seatIds[at] as string),
});

/** One group, in a transaction of its own. */
const holdAll = (client: Client, { concertId }: TestHall, wanted: WantedHold[]) =>
  client.transaction((tx) => holdSeatsTogether(tx, concertId, wanted));

async function broken(): Promise<string[]> {
  return (await checkInvariants(db)).filter((finding) => finding.broken > 0).map(({ name }) => name);
}

/** Everything of a fan that a hold could have touched. */
async function traceOf({ concertId, entryId, userId }: PresentedToken, seatIds: string[]): Promise<unknown> {
  const { rows } = await db.execute(sql`
    select (select to_jsonb(e) from queue_entries e where concert_id = ${concertId} and id = ${entryId}) as entry,
           (select jsonb_agg(to_jsonb(s) order by s.id) from seats s where s.id = any(${sql.param(seatIds)}::uuid[])) as seats,
           (select count(*) from reservations where user_id = ${userId}) as reservations`);
  return rows[0];
}

const GUARD = "and e.holds = (select holds from queue_entries where concert_id = $1 and id = whole.entry_id)";
const FREE = "and s.sold_at is null and (s.held_until is null or s.held_until <= now())";

describe("holdSeatsTogether", () => {
  it("gives each what holdSeats would, in order", async () => {
    const hall = await makeHall(db);
    const [a, b, alone] = (await admitMany(db, hall.concertId, 3)) as [Admission, Admission, Admission];
    const held = await holdAll(db, hall, [wish(hall, a, 3, 2), wish(hall, b, 7)]);
    const single = await holdSeats(db, wish(hall, alone, 9));
    expect(held[0]?.seats.map(({ number }) => number)).toEqual([3, 4]);
    expect(held[0]).toMatchObject({ status: "held", amount: 100_000, currency: "KRW", paidAt: null, extensions: 0 });
    for (const [at, { userId }] of [a, b].entries()) {
      const one = held[at];
      expect(Object.keys(one ?? {})).toEqual(Object.keys(single));
      expect(Date.parse(one?.expiresAt ?? "") - Date.parse(one?.createdAt ?? "")).toBe(300_000);
      expect(
        await getReservation(other, { concertId: hall.concertId, reservationId: one?.id as string, userId }),
      ).toEqual(one);
    }
    const { rows } = await db.execute(sql`
      select holds, claimed_at is not null as claimed, admitted_until - admitted_at as stays from queue_entries
      where concert_id = ${hall.concertId}`);
    expect(new Set(rows.map((row) => JSON.stringify(row))).size).toBe(1);
    expect(rows[0]).toMatchObject({ holds: 1, claimed: true });
  });

  it("gives a seat once and holds all or none, in groups of two processes and single holds that overlap", async () => {
    const hall = await makeHall(db, { seatsPerRow: 12 });
    const fans = await admitMany(db, hall.concertId, 64);
    const wishes = fans.map((admission, at) => {
      const step = at % 2 ? 1 : 11;
      return wish(hall, admission, ...[0, 1, 2].map((n) => (at * 5 + n * step) % 12));
    });
    const groups = Array.from({ length: 12 }, (_, at) => wishes.slice(at * 5, at * 5 + 5));
    const work = groups.map((group, at) => holdAll(at % 2 ? db : other, hall, group));
    const alone = Promise.allSettled(wishes.slice(60).map((one) => holdSeats(db, one)));
    // None of them may fail: whoever gets nothing hears so.
    const given = await Promise.all(work);
    await alone;
    const held = given.flat().filter((one) => one !== null);
    expect(held.length).toBeGreaterThan(0);
    const taken = await takenSeats(db, hall.concertId);
    for (const { id, seats } of held) {
      expect(seats).toHaveLength(3);
      for (const seat of seats) expect(taken.get(seat.id)).toBe(id);
    }
    const { rows } = await db.execute<{ seats: number }>(
      sql`select sum(seat_count)::int as seats from reservations where concert_id = ${hall.concertId}`,
    );
    expect(rows[0]?.seats).toBe(taken.size);
    expect(await broken()).toEqual([]);
  });

  it("would give a seat several times without the look under the lock (negative control)", async () => {
    const hall = await makeHall(db);
    const fans = await admitMany(db, hall.concertId, 20);
    const unguarded = clientWithout(test.url, 20, { statement: "booking_hold_together", guard: FREE });
    const given = await Promise.all(fans.map((fan) => holdAll(unguarded.db, hall, [wish(hall, fan, 0)])));
    expect(given.flat().filter((one) => one !== null).length).toBeGreaterThan(1);
    await unguarded.end();
    expect(await broken()).toEqual(expect.arrayContaining(["seat-promised-once"]));
    // The others' findings are their own.
    await db.execute(sql`delete from reservations where concert_id = ${hall.concertId}`);
    await db.execute(
      sql`update seats set reservation_id = null, held_until = null where concert_id = ${hall.concertId}`,
    );
  });

  /** Twenty groups of two processes at one moment, in each of them the same fan and somebody else. */
  async function limitRace(clients: [Client, Client]) {
    const hall = await makeHall(db, { rows: 2, seatsPerRow: 20 });
    const [fan, ...others] = (await admitMany(db, hall.concertId, 21)) as [Admission, ...Admission[]];
    let racing: Promise<(({ id: string } | null)[] | null)[]> | undefined;
    await db.transaction(async (tx) => {
      await tx.execute(
        sql`select 1 from queue_entries where concert_id = ${hall.concertId} and id = ${fan.entryId} for update`,
      );
      racing = Promise.all(
        others.map((neighbour, at) =>
          holdAll(clients[at % 2] as Client, hall, [wish(hall, fan, at), wish(hall, neighbour, 20 + at)]),
        ),
      );
      await untilBlocked(test.db, 20);
    });
    const given = (await racing) ?? [];
    return {
      hall,
      ofFan: given.filter((group) => group?.[0]).length,
      ofOthers: given.filter((group) => group?.[1]).length,
    };
  }

  it("keeps a fan's limit across groups of two processes at one moment, and nobody else loses by it", async () => {
    const { ofFan, ofOthers } = await limitRace([db, other]);
    // Each of them counted before any was there: all but the first must look again, alone.
    expect(ofFan).toBe(1);
    expect(ofOthers).toBe(20);
    expect(await broken()).toEqual([]);
  });

  it("would break the limit without comparing `holds` (negative control)", async () => {
    expect(HOLD_TOGETHER).toContain(GUARD);
    const unguarded = clientWithout(test.url, 30, { statement: "booking_hold_together", guard: GUARD });
    const { hall, ofFan } = await limitRace([unguarded.db, unguarded.db]);
    expect(ofFan).toBeGreaterThan(4);
    await unguarded.end();
    expect(await broken()).toEqual(expect.arrayContaining(["fan-within-limit"]));
    await db.execute(sql`delete from reservations where concert_id = ${hall.concertId}`);
    await db.execute(
      sql`update seats set reservation_id = null, held_until = null where concert_id = ${hall.concertId}`,
    );
  });

  it("keeps the limit of single holds and of groups together", async () => {
    const hall = await makeHall(db, { rows: 2, seatsPerRow: 20 });
    const [fan, ...others] = (await admitMany(db, hall.concertId, 11)) as [Admission, ...Admission[]];
    await Promise.allSettled(
      others.flatMap((neighbour, at) => [
        holdAll(at % 2 ? db : other, hall, [wish(hall, fan, at), wish(hall, neighbour, 20 + at)]),
        holdSeats(at % 2 ? other : db, wish(hall, fan, 10 + at)),
      ]),
    );
    const { rows } = await db.execute<{ n: number }>(
      sql`select sum(seat_count)::int as n from reservations where concert_id = ${hall.concertId} and user_id = ${fan.userId}`,
    );
    expect(rows[0]?.n).toBe(4);
    expect(await broken()).toEqual([]);
  });

  it("takes a lapsed hold's seats at once, without a sweep", async () => {
    const hall = await makeHall(db);
    const [a, b, c] = (await admitMany(db, hall.concertId, 3)) as [Admission, Admission, Admission];
    const first = await holdSeats(db, wish(hall, a, 0, 1));
    expect(await holdAll(db, hall, [wish(hall, b, 0), wish(hall, c, 1)])).toEqual([null, null]);
    await lapse(db, { concertId: hall.concertId, id: first.id });
    const held = await holdAll(other, hall, [wish(hall, b, 0), wish(hall, c, 1)]);
    expect((await takenSeats(db, hall.concertId)).get(hall.seatIds[0] as string)).toBe(held[0]?.id);
    expect(held[1]?.seats).toHaveLength(1);
    expect(await releaseHold(db, { concertId: hall.concertId, reservationId: first.id, userId: a.userId })).toBeNull();
    expect((await takenSeats(db, hall.concertId)).size).toBe(2);
  });

  it("leaves a fan's second wish, and a second wish for a seat, out", async () => {
    const hall = await makeHall(db);
    const [a, b] = (await admitMany(db, hall.concertId, 2)) as [Admission, Admission];
    const upper = (one: WantedHold) => ({ ...one, seatIds: one.seatIds.map((id) => id.toUpperCase()) });
    const given = await holdAll(db, hall, [
      wish(hall, a, 0),
      upper(wish(hall, b, 0, 1)),
      wish(hall, a, 2),
      wish(hall, b, 3),
    ]);
    // Which of the two it is goes by the order of their turns' ids.
    const [ofA, ofB] = [
      [given[0], given[2]].flatMap((one) => one ?? []),
      [given[1], given[3]].flatMap((one) => one ?? []),
    ];
    expect([ofA.length, ofB.length]).toEqual([1, 1]);
    const seats = [...ofA, ...ofB].flatMap((one) => one.seats.map(({ id }) => id));
    expect([...(await takenSeats(db, hall.concertId)).keys()].sort()).toEqual(seats.sort());
    expect(await broken()).toEqual([]);
  });

  it("knows seats and performances however they are spelled, and no seat twice", async () => {
    const hall = await makeHall(db);
    const [a, b] = (await admitMany(db, hall.concertId, 2)) as [Admission, Admission];
    const [seat, next] = hall.seatIds as [string, string];
    const twice = { admission: b, performanceId: hall.performanceId, seatIds: [next, next.toUpperCase()] };
    const given = await holdAll(db, hall, [
      { admission: a, performanceId: hall.performanceId.toUpperCase(), seatIds: [seat.toUpperCase()] },
      twice,
    ]);
    expect(given).toEqual([expect.objectContaining({ status: "held" }), null]);
    await expect(holdSeats(db, twice)).rejects.toMatchObject({ code: "not_found" });
    expect((await takenSeats(db, hall.concertId)).size).toBe(1);
  });
});

describe("locks", () => {
  /** Stands before the lock on the first row, in the order of ids, and has not got the last one by then. */
  async function hasOrder(table: string, ids: string[], group: (ids: string[]) => Promise<unknown>): Promise<boolean> {
    const sorted = [...ids].sort();
    const lock = (id: string | undefined, how: string) =>
      sql.raw(`select 1 from ${table} where id = '${id}' for update ${how}`);
    let waiting: Promise<unknown> | undefined;
    const isFree = await other.transaction(async (tx) => {
      await tx.execute(lock(sorted[0], ""));
      waiting = group([...sorted].reverse());
      await untilBlocked(test.db, 1);
      return (await db.execute(lock(sorted.at(-1), "skip locked"))).rows.length === 1;
    });
    await waiting;
    return isFree;
  }

  it("are taken in the order of ids, however the fans came: seats and turns", async () => {
    const hall = await makeHall(db);
    const fans = new Map((await admitMany(db, hall.concertId, 6)).map((fan) => [fan.entryId, fan]));
    const byTurn = await hasOrder("queue_entries", [...fans.keys()], (ids) =>
      holdAll(
        db,
        hall,
        ids.map((id, at) => wish(hall, fans.get(id) as Admission, at)),
      ),
    );
    expect(byTurn).toBe(true);
    const { performanceId } = hall;
    const others = [...fans.values()];
    const bySeat = await hasOrder("seats", hall.seatIds.slice(6), (ids) =>
      holdAll(
        db,
        hall,
        ids.map((id, at) => ({ admission: others[at] as Admission, performanceId, seatIds: [id] })),
      ),
    );
    expect(bySeat).toBe(true);
  });
});

describe("groups amid everything else that moves seats", () => {
  it("end with every promise kept, and nobody was a deadlock's victim", async () => {
    const hall = await makeHall(db, { rows: 3, seatsPerRow: 10, holdExtensions: 3 });
    const { concertId } = hall;
    const fans = await admitMany(db, concertId, 24);
    const seat = () => Math.floor(Math.random() * 30);
    const some = () => [...new Set([seat(), seat()])];
    const failures: unknown[] = [];
    const attempt = (work: Promise<unknown>) =>
      work.catch((error) => {
        if (error.name !== "AppError") failures.push(error);
      });
    const held = async (fan: PresentedToken): Promise<string> => {
      const { rows } = await db.execute<{ id: string }>(
        sql`select id from reservations where user_id = ${fan.userId} order by created_at desc limit 1`,
      );
      return rows[0]?.id ?? newId();
    };
    for (let round = 0; round < 6; round += 1) {
      const group = (from: number) =>
        fans
          .slice(from, from + 6)
          .reverse()
          .map((fan) => wish(hall, fan, ...some()));
      await Promise.all([
        ...[0, 3, 6, 12].map((from, at) => attempt(holdAll(at % 2 ? db : other, hall, group(from)))),
        ...fans.slice(0, 8).map((fan) => attempt(holdSeats(other, wish(hall, fan, ...some())))),
        ...fans.slice(0, 12).map(async (fan) => {
          const reservationId = await held(fan);
          const whose = { concertId, reservationId, userId: fan.userId };
          const seatIds = some().map((at) => hall.seatIds[at] as string);
          await attempt(changeSeats(db, { admission: fan, reservationId, seatIds }));
          await attempt(extendHold(other, { admission: fan, reservationId }));
          if (Math.random() < 0.5) await attempt(releaseHold(db, whose));
        }),
        attempt(extendAdmissions(db, { concertId, seconds: 1, by: null })),
      ]);
    }
    expect(failures).toEqual([]);
    expect(await broken()).toEqual([]);
  });
});

describe("one who does not fit is left out, unchanged, and the others are not", () => {
  const cases: Record<string, (hall: TestHall, fan: PresentedToken) => Promise<Partial<WantedHold>>> = {
    "whose turn is over": async (_, fan) => {
      await expireAdmission(db, fan);
      return {};
    },
    "who left": async (_, { entryId }) => {
      await db.execute(sql`update queue_entries set status = 'left', ended_at = now() where id = ${entryId}`);
      return {};
    },
    "who is waiting": async (_, { entryId }) => {
      await db.execute(sql`update queue_entries set status = 'waiting', admitted_at = null where id = ${entryId}`);
      return {};
    },
    "whose token was replaced": async (_, fan) => {
      await replaceToken(db, fan);
      return {};
    },
    "with somebody else's turn": async (hall, fan) => ({
      admission: { ...fan, entryId: (await admit(db, hall.concertId)).entryId },
    }),
    "who wants a seat that is not there": async ({ seatIds }) => ({ seatIds: [seatIds[4] as string, newId()] }),
    "who wants a seat of another performance": async ({ concertId, performanceId, seatIds }) => {
      const { rows } = await db.execute<{ id: string }>(
        sql`select id from seats where concert_id = ${concertId} and performance_id <> ${performanceId} limit 1`,
      );
      return { seatIds: [seatIds[4] as string, rows[0]?.id as string] };
    },
    "who wants a seat of another concert": async ({ seatIds }) => ({
      seatIds: [seatIds[4] as string, (await makeHall(db)).seatIds[0] as string],
    }),
    "who wants another concert's performance": async () => {
      const elsewhere = await makeHall(db);
      return { performanceId: elsewhere.performanceId, seatIds: elsewhere.seatIds.slice(0, 1) };
    },
    "who wants a performance that has begun": async ({ concertId, performanceId }) => {
      const { rows } = await db.execute<{ id: string; performance_id: string }>(
        sql`select id, performance_id from seats where concert_id = ${concertId} and performance_id <> ${performanceId} limit 1`,
      );
      const { id, performance_id: past } = rows[0] as { id: string; performance_id: string };
      await db.execute(sql`update performances set starts_at = now() - interval '1 hour' where id = ${past}`);
      return { performanceId: past, seatIds: [id] };
    },
    "who wants a seat that is held": async (hall) => {
      await holdSeats(db, wish(hall, await admit(db, hall.concertId), 5));
      return { seatIds: hall.seatIds.slice(4, 6) };
    },
    "who has as many as one may": async (hall, fan) => {
      await holdSeats(db, wish(hall, fan, 6, 7, 8));
      return { seatIds: hall.seatIds.slice(4, 6) };
    },
    "who wants more than one may": async ({ seatIds }) => ({ seatIds: seatIds.slice(4, 9) }),
  };

  it.each(Object.entries(cases))("%s", async (_, prepare) => {
    const hall = await makeHall(db, { performances: [{ startsAt: inDays(30) }, { startsAt: inDays(31) }] });
    const [a, b, odd] = (await admitMany(db, hall.concertId, 3)) as [Admission, Admission, Admission];
    const wanted = { ...wish(hall, odd, 4), ...(await prepare(hall, odd)) };
    expect(fitsTogether(wanted)).toBe(true);
    const before = await traceOf(wanted.admission, wanted.seatIds);
    const given = await holdAll(db, hall, [wish(hall, a, 0), wanted, wish(hall, b, 1)]);
    expect(given.map((one) => one?.status ?? null)).toEqual(["held", null, "held"]);
    expect(await traceOf(wanted.admission, wanted.seatIds)).toEqual(before);
    // The single verb, whose word it is, says no, too.
    await expect(holdSeats(db, wanted)).rejects.toMatchObject({ name: "AppError" });
  });

  it.each([
    ["the sale is not open", { sale: { opensAt: inDays(1) } }],
    ["the sale is closed", { sale: { opensAt: inDays(-2), closesAt: inDays(-1) } }],
    ["the concert has the rule against seats left alone", { orphanSeatRule: true }],
  ])("nobody is held where %s", async (_, document) => {
    const hall = await makeHall(db, document);
    const fans = await admitMany(db, hall.concertId, 2);
    expect(
      await holdAll(
        db,
        hall,
        fans.map((fan, at) => wish(hall, fan, at)),
      ),
    ).toEqual([null, null]);
    expect((await takenSeats(db, hall.concertId)).size).toBe(0);
  });

  it("nonsense does not come that far", () => {
    const admission = {} as PresentedToken;
    const [performanceId, seat] = [newId(), newId()];
    for (const nonsense of [
      { admission, performanceId, seatIds: [] },
      { admission, performanceId: "1", seatIds: [seat] },
      { admission, performanceId, seatIds: ["1e309"] },
      { admission, performanceId, seatIds: [seat, seat] },
    ])
      expect(fitsTogether(nonsense)).toBe(false);
  });
});

describe("a group that had to wait for somebody's lock looks again at what it got", () => {
  /** Lets `meanwhile` commit while a group of two stands before a lock that it has. */
  async function raced(meanwhile: (hall: TestHall, fan: PresentedToken) => (client: Client) => Promise<unknown>) {
    const hall = await makeHall(db, { holdExtensions: 1 });
    const [fan, neighbour] = (await admitMany(db, hall.concertId, 2)) as [Admission, Admission];
    let waiting: ReturnType<typeof holdAll> | undefined;
    await other.transaction(async (tx) => {
      await meanwhile(hall, fan)(tx as unknown as Client);
      waiting = holdAll(db, hall, [wish(hall, fan, 0, 1), wish(hall, neighbour, 2)]);
      waiting.catch(() => {});
      await untilBlocked(test.db, 1);
    });
    const given = (await waiting) ?? [];
    return { hall, fan, given: given.map((one) => one?.status ?? null) };
  }

  const touchEntry = (set: string) => (_: TestHall, fan: PresentedToken) => (tx: Client) =>
    tx.execute(sql`update queue_entries set ${sql.raw(set)} where id = ${fan.entryId}`);

  it("at a seat that somebody else has by now", async () => {
    const rivals: PresentedToken[] = [];
    const { given, hall } = await raced((hall) => async (tx) => {
      rivals.push(await admit(db, hall.concertId));
      await holdSeats(tx, wish(hall, rivals[0] as PresentedToken, 1));
    });
    expect(given).toEqual([null, "held"]);
    expect((await takenSeats(db, hall.concertId)).size).toBe(2);
  });

  it("at a seat that is still free", async () => {
    const { given } = await raced(
      (hall) => (tx) =>
        tx.execute(sql`
      update seats set price = price + 0 where concert_id = ${hall.concertId} and id = ${hall.seatIds[1]}`),
    );
    expect(given).toEqual(["held", "held"]);
  });

  it("at a turn that is over by now, or whose token was replaced", async () => {
    const over = await raced(touchEntry("status = 'expired', ended_at = now()"));
    expect(over.given).toEqual([null, "held"]);
    const replaced = await raced(touchEntry("token_generation = token_generation + 1"));
    expect(replaced.given).toEqual([null, "held"]);
    for (const { fan, hall } of [over, replaced]) {
      expect((await takenSeats(db, hall.concertId)).size).toBe(1);
      expect(await traceOf(fan, [])).toMatchObject({ reservations: 0 });
    }
  });

  it("at a turn that was made longer", async () => {
    const { given } = await raced(
      touchEntry("admitted_until = admitted_until + interval '1 minute', extension_seconds = 60"),
    );
    expect(given).toEqual(["held", "held"]);
  });
});
