import { and, eq, inArray, sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { performances, seats } from "@/db/schema/catalog";
import { cloneDatabase, type TestDatabase } from "@/db/testing/database";
import { inDays, makeConcert } from "@/db/testing/factories";
import { newId } from "@/lib/core/ids";
import { forget } from "@/lib/core/registry";
import { countSeatsLeft, findConcert, getConcert, listConcerts, listPerformances } from "./queries";
import { forgetSeats, readSeatStates } from "./seat-availability";
import { LARGE_SEATS } from "./shared-read";

let test: TestDatabase;
beforeAll(async () => {
  test = await cloneDatabase(8);
});
afterAll(() => test.drop());

/** Moves a performance into the past. */
const age = (concertId: string, performanceId: string, by = "1 hour") =>
  test.db
    .update(performances)
    .set({ startsAt: sql`now() - ${by}::interval` })
    .where(and(eq(performances.concertId, concertId), eq(performances.id, performanceId)));

async function take(concertId: string, count: number, how: { heldFor?: string; sold?: boolean }) {
  const free = await test.db.select({ id: seats.id }).from(seats).where(eq(seats.concertId, concertId)).limit(count);
  const ids = free.map(({ id }) => id);
  await test.db
    .update(seats)
    .set({
      reservationId: newId(),
      heldUntil: how.heldFor ? sql`now() + ${how.heldFor}::interval` : null,
      soldAt: how.sold ? new Date() : null,
    })
    .where(and(eq(seats.concertId, concertId), inArray(seats.id, ids)));
}

const onDays = (...days: number[]) => ({ performances: days.map((day) => ({ startsAt: inDays(day) })) });

describe("listConcerts", () => {
  beforeEach(async () => {
    await test.db.execute(sql`truncate concerts cascade`);
  });

  it("is empty without concerts", async () => {
    expect(await listConcerts(test.db, { limit: 10 })).toEqual({ items: [], nextCursor: null });
  });

  it("goes by the first performance still to come, then through the past ones, page by page", async () => {
    const [c, a, b, older, newer] = await Promise.all([
      makeConcert(test.db, onDays(30)),
      makeConcert(test.db, onDays(1, 10)),
      makeConcert(test.db, onDays(20)),
      makeConcert(test.db, onDays(2)),
      makeConcert(test.db, onDays(3)),
    ]);
    await age(a.id, a.performances[0]!.id);
    await age(older.id, older.performances[0]!.id, "9 days");
    await age(newer.id, newer.performances[0]!.id, "3 days");
    const order = [a, b, c, newer, older].map(({ slug }) => slug);

    const whole = await listConcerts(test.db, { limit: 10 });
    expect(whole.items.map(({ slug }) => slug)).toEqual(order);
    expect(whole.items.map(({ status }) => status)).toEqual(["on_sale", "on_sale", "on_sale", "past", "past"]);
    expect(whole.nextCursor).toBeNull();

    const seen: string[] = [];
    let cursor: string | undefined;
    for (let pages = 0; pages < 3; pages++) {
      const page = await listConcerts(test.db, { limit: 2, cursor });
      seen.push(...page.items.map(({ slug }) => slug));
      // What happens between two pages moves nobody onto both or onto neither.
      if (pages === 0) await makeConcert(test.db, onDays(5));
      cursor = page.nextCursor ?? undefined;
    }
    expect(seen).toEqual(order);
    expect(cursor).toBeUndefined();
  });

  it("tells concerts of one moment apart", async () => {
    const startsAt = inDays(4);
    const made = await Promise.all(
      Array.from({ length: 5 }, () => makeConcert(test.db, { performances: [{ startsAt }] })),
    );
    const first = await listConcerts(test.db, { limit: 3 });
    const second = await listConcerts(test.db, { limit: 3, cursor: first.nextCursor as string });
    const ids = [...first.items, ...second.items].map(({ id }) => id);
    expect(new Set(ids)).toEqual(new Set(made.map(({ id }) => id)));
    expect(ids).toHaveLength(5);
  });

  it("shows prices, times and status of each", async () => {
    const saleOpensAt = inDays(3);
    const { id, slug } = await makeConcert(test.db, {
      tiers: [
        { name: "R", price: 30_000 },
        { name: "S", price: 10_000 },
        { name: "Unused", price: 1 },
      ],
      sections: [
        { name: "A", tier: "R", rows: 1, seatsPerRow: 1 },
        { name: "B", tier: "S", rows: 1, seatsPerRow: 1 },
      ],
      ...onDays(6, 7),
      sale: { opensAt: saleOpensAt },
      image: "/posters/a.webp",
    });
    const { items } = await listConcerts(test.db, { limit: 1 });
    expect(items[0]).toMatchObject({
      id,
      slug,
      title: "Hongdae Night",
      venue: { name: "Rolling Hall", city: "Seoul", timeZone: "Asia/Seoul" },
      priceFrom: 10_000,
      priceTo: 30_000,
      currency: "KRW",
      saleOpensAt: new Date(saleOpensAt),
      saleClosesAt: null,
      status: "upcoming",
      image: "/posters/a.webp",
    });
    expect(items[0]!.firstStartsAt < items[0]!.lastStartsAt).toBe(true);
  });

  it("says sold out when no seat is free, and no longer once a hold is over", async () => {
    const { id } = await makeConcert(test.db);
    const status = async () => (await listConcerts(test.db, { limit: 1 })).items[0]!.status;
    expect(await status()).toBe("on_sale");
    await take(id, 10, { heldFor: "1 minute" });
    expect(await status()).toBe("sold_out");
    await take(id, 1, { heldFor: "-1 second" });
    expect(await status()).toBe("on_sale");
  });

  it.each([
    "",
    "?",
    "bnVsbA",
    Buffer.from("[1,2]").toString("base64url"),
    Buffer.from('[9e99,0,"x"]').toString("base64url"),
  ])("refuses the cursor %j", async (cursor) => {
    await expect(listConcerts(test.db, { limit: 1, cursor })).rejects.toMatchObject({ code: "invalid_request" });
  });
});

describe("findConcert", () => {
  it("finds by id and by slug", async () => {
    const made = await makeConcert(test.db, {
      description: "Two lines\nof text",
      waitingRoom: { mode: "paused", order: "draw" },
      seatMap: { width: 10, height: 10 },
      sections: [
        { name: "B", tier: "R", rows: 1, seatsPerRow: 2, map: { x: 0, y: 0, width: 1, height: 1 } },
        { name: "A", tier: "R", rows: 2, seatsPerRow: 5 },
      ],
    });
    const bySlug = await findConcert(test.db, made.slug);
    expect(bySlug).toMatchObject({
      id: made.id,
      description: "Two lines\nof text",
      tiers: [{ name: "R", price: 10_000 }],
      performances: made.performances,
      waitingRoom: { mode: "paused", order: "draw" },
      seatMap: { width: 10, height: 10 },
      status: "on_sale",
    });
    expect(bySlug?.sections).toEqual([
      { name: "B", tier: "R", rows: 1, seatsPerRow: 2, map: { x: 0, y: 0, width: 1, height: 1 } },
      { name: "A", tier: "R", rows: 2, seatsPerRow: 5 },
    ]);
    expect(await getConcert(test.db, made.id)).toEqual(bySlug);
    await test.db.transaction(async (tx) => expect(await findConcert(tx, made.id)).toEqual(bySlug));
  });

  it.each(["no-such-concert", newId(), "nul\u0000", "A B", "", "x".repeat(10_000)])(
    "finds nothing as %j",
    async (name) => {
      expect(await findConcert(test.db, name)).toBeNull();
      await expect(getConcert(test.db, name)).rejects.toMatchObject({ code: "not_found" });
    },
  );
});

describe("listPerformances", () => {
  it("lists only those still to come, with their seats", async () => {
    const made = await makeConcert(test.db, onDays(1, 2, 3));
    await age(made.id, made.performances[0]!.id);
    await take(made.id, 12, { sold: true });
    const rows = await listPerformances(test.db, made.id);
    expect(rows.map(({ id }) => id)).toEqual(made.performances.slice(1).map(({ id }) => id));
    expect(rows.map(({ seatsTotal }) => seatsTotal)).toEqual([10, 10]);
    expect(await countSeatsLeft(test.db, made.id)).toBe(rows.reduce((sum, { seatsLeft }) => sum + seatsLeft, 0));
  });

  it("is empty for what is unknown", async () => {
    expect(await listPerformances(test.db, newId())).toEqual([]);
    expect(await listPerformances(test.db, "nothing")).toEqual([]);
  });

  it("is as new as the question, however many ask", async () => {
    const { id } = await makeConcert(test.db);
    for (let taken = 1; taken <= 10; taken++) {
      void listPerformances(test.db, id);
      await take(id, taken, { sold: true });
      const answers = await Promise.all(Array.from({ length: 20 }, () => listPerformances(test.db, id)));
      expect(new Set(answers.map(([row]) => row?.seatsLeft))).toEqual(new Set([10 - taken]));
    }
  });

  it("sees inside a transaction what the transaction did", async () => {
    const { id } = await makeConcert(test.db);
    await test.db.transaction(async (tx) => {
      await tx.update(seats).set({ reservationId: newId(), soldAt: new Date() }).where(eq(seats.concertId, id));
      expect((await listPerformances(tx, id))[0]?.seatsLeft).toBe(0);
      expect((await listPerformances(test.db, id))[0]?.seatsLeft).toBe(10);
    });
  });
});

describe("a large hall", () => {
  const sections = [{ name: "A", tier: "R", rows: 50, seatsPerRow: LARGE_SEATS / 50 }];
  const makeLarge = () =>
    makeConcert(test.db, {
      sections,
      performances: [{ startsAt: inDays(1) }, { startsAt: inDays(2) }],
    });
  const left = async (concertId: string) =>
    (await listPerformances(test.db, concertId)).map(({ seatsLeft }) => seatsLeft);

  it("is counted at most every half second, and whoever asks meanwhile waits for nothing", async () => {
    const { id } = await makeLarge();
    expect(await left(id)).toEqual([LARGE_SEATS, LARGE_SEATS]);
    await take(id, 7, { sold: true });
    const query = vi.spyOn(test.db.$client, "query");
    const soon = await Promise.all(Array.from({ length: 100 }, () => left(id)));
    expect(query).not.toHaveBeenCalled();
    query.mockRestore();
    expect(soon[0]).toEqual([LARGE_SEATS, LARGE_SEATS]);
    const total = async () => (await left(id)).reduce((sum, count) => sum + count);
    await vi.waitFor(async () => expect(await total()).toBe(2 * LARGE_SEATS - 7), { timeout: 2000, interval: 20 });
  });

  it("is counted in memory where its seats are looked at, and the same", async () => {
    const { id, performances } = await makeLarge();
    await take(id, 7, { sold: true });
    await take(id, 12, { heldFor: "1 minute" });
    const counted = await left(id);
    for (const { id: performanceId } of performances) await readSeatStates(test.db, { concertId: id, performanceId });
    // What the counts were is forgotten, what the halls are is not.
    forget("catalog.performances");
    const query = vi.spyOn(test.db.$client, "query");
    const rows = await listPerformances(test.db, id);
    expect(query).toHaveBeenCalledOnce();
    query.mockRestore();
    expect(rows.map(({ seatsLeft }) => seatsLeft)).toEqual(counted);
    expect(rows.map(({ seatsTotal }) => seatsTotal)).toEqual([LARGE_SEATS, LARGE_SEATS]);
    expect(await countSeatsLeft(test.db, id)).toBe(counted.reduce((sum, count) => sum + count));
    await age(id, performances[0]!.id);
    expect(await countSeatsLeft(test.db, id)).toBe(counted[1]);
  });

  it("is not among the dates once it was removed", async () => {
    const { id, slug, performances: dates } = await makeLarge();
    for (const { id: performanceId } of dates) await readSeatStates(test.db, { concertId: id, performanceId });
    expect(await left(id)).toHaveLength(2);
    await makeConcert(test.db, { slug, sections, performances: [{ startsAt: dates[1]!.startsAt.toISOString() }] });
    forgetSeats(dates[0]!.id);
    expect((await listPerformances(test.db, id)).map((date) => date.id)).toEqual([dates[1]!.id]);
  });

  it("is not in the way of what a transaction sees", async () => {
    const { id, performances } = await makeLarge();
    await readSeatStates(test.db, { concertId: id, performanceId: performances[0]!.id });
    await test.db.transaction(async (tx) => {
      await tx.update(seats).set({ reservationId: newId(), soldAt: new Date() }).where(eq(seats.concertId, id));
      expect((await listPerformances(tx, id)).map(({ seatsLeft }) => seatsLeft)).toEqual([0, 0]);
    });
  });
});

describe("countSeatsLeft", () => {
  it("leaves out what is sold, held or in a performance that began", async () => {
    const made = await makeConcert(test.db, onDays(1, 2));
    expect(await countSeatsLeft(test.db, made.id)).toBe(20);
    await take(made.id, 5, { heldFor: "1 minute" });
    expect(await countSeatsLeft(test.db, made.id)).toBe(15);
    await take(made.id, 5, { heldFor: "-1 second" });
    expect(await countSeatsLeft(test.db, made.id)).toBe(20);
    await age(made.id, made.performances[0]!.id);
    expect(await countSeatsLeft(test.db, made.id)).toBe(10);
    expect(await countSeatsLeft(test.db, newId())).toBe(0);
  });
});
