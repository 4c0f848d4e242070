import { readFile } from "node:fs/promises";
import { and, eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { reservations } from "@/db/schema/booking";
import { concerts, performances, priceTiers, seats, sections } from "@/db/schema/catalog";
import { queues } from "@/db/schema/queue";
import { cloneDatabase, type TestDatabase } from "@/db/testing/database";
import { admitFan, inDays, makeConcert, makeImportDocument, makeUser } from "@/db/testing/factories";
import type { AppError } from "@/lib/core/errors";
import { newId } from "@/lib/core/ids";
import { importConcert } from "./import-concert";
import { readImportFile } from "./import-file";

let test: TestDatabase;
beforeAll(async () => {
  test = await cloneDatabase(8);
});
afterAll(() => test.drop());

const seatsOf = (concertId: string) =>
  test.db.select().from(seats).where(eq(seats.concertId, concertId)).orderBy(seats.id);

const roomOf = async (concertId: string) => {
  const [room] = await test.db.select().from(queues).where(eq(queues.concertId, concertId));
  return room!;
};

/** Everything an import writes, to compare before and after. */
const everything = async (concertId: string) => ({
  concert: await test.db.select().from(concerts).where(eq(concerts.id, concertId)),
  room: await roomOf(concertId),
  tiers: await test.db.select().from(priceTiers).where(eq(priceTiers.concertId, concertId)),
  sections: await test.db.select().from(sections).where(eq(sections.concertId, concertId)),
  performances: await test.db.select().from(performances).where(eq(performances.concertId, concertId)),
  seats: await seatsOf(concertId),
});

const refusal = async (work: Promise<unknown>): Promise<{ code: string; paths: string[] }> => {
  const error = (await work.then(
    () => expect.fail("was not refused"),
    (thrown: unknown) => thrown,
  )) as AppError;
  return { code: error.code, paths: (error.extra.errors as { path: string }[]).map(({ path }) => path) };
};

/** Gives a seat to a reservation, as a hold does. */
async function hold(concertId: string, performanceId: string, seatId: string, until = "5 minutes") {
  const id = newId();
  await test.db.insert(reservations).values({
    concertId,
    id,
    performanceId,
    userId: newId(),
    entryId: newId(),
    status: "held",
    seats: [{ id: seatId, section: "A", row: 1, number: 1, tier: "R", price: 10_000 }],
    seatCount: 1,
    amount: 10_000,
    currency: "KRW",
    createdAt: new Date(),
    expiresAt: new Date(),
  });
  await test.db
    .update(seats)
    .set({ reservationId: id, heldUntil: sql`now() + ${until}::interval` })
    .where(and(eq(seats.concertId, concertId), eq(seats.id, seatId)));
}

describe("the example concerts", () => {
  it.each([
    ["hongdae-night-2027", 3, 150],
    ["bluesquare-strings-2027", 2, 3104],
    ["kspo-encore-2027", 2, 37_408],
    ["worldcup-stadium-2027", 1, 49_828],
  ])("%s has %i performances and %i seats", async (slug, dates, count) => {
    const document = readImportFile(await readFile(`examples/${slug}.json`));
    const progress: number[] = [];
    const result = await importConcert(test.db, document, { onProgress: (done) => progress.push(done) });
    expect(result).toMatchObject({ slug, created: true, seats: count });
    expect(result.performances.map(({ startsAt }) => startsAt)).toEqual(
      document.performances.map(({ startsAt }) => new Date(startsAt)),
    );
    expect(result.performances).toHaveLength(dates);
    expect(progress.at(-1)).toBe(count);
    const again = await importConcert(test.db, document);
    expect(again).toEqual({ ...result, created: false });
  });
});

describe("a new concert", () => {
  it("gets a seat per row and number, named from 1, at its section's price", async () => {
    const { id, performances: dates } = await makeConcert(test.db, {
      tiers: [
        { name: "R", price: 20_000 },
        { name: "S", price: 9_007_199_254_740_991 },
      ],
      maxSeatsPerFan: 1,
      sections: [
        { name: "A", tier: "R", rows: 2, seatsPerRow: 3 },
        { name: "B", tier: "S", rows: 1, seatsPerRow: 2 },
      ],
      performances: [{ startsAt: inDays(1) }, { startsAt: inDays(2) }],
    });
    const rows = await seatsOf(id);
    const first = rows.filter(({ performanceId }) => performanceId === dates[0]!.id);
    expect(first.map(({ row, number, price }) => [row, number, price])).toEqual([
      [1, 1, 20_000],
      [1, 2, 20_000],
      [1, 3, 20_000],
      [2, 1, 20_000],
      [2, 2, 20_000],
      [2, 3, 20_000],
      [1, 1, 9_007_199_254_740_991],
      [1, 2, 9_007_199_254_740_991],
    ]);
    expect(rows).toHaveLength(16);
  });

  it("gets a waiting room with a secret of its own", async () => {
    const opensAt = inDays(3);
    const one = await makeConcert(test.db, {
      sale: { opensAt, closesAt: inDays(20) },
      waitingRoom: { order: "draw", activeLimit: 7 },
    });
    const two = await makeConcert(test.db);
    const room = await roomOf(one.id);
    expect(room).toMatchObject({ mode: "on", order: "draw", activeLimit: 7, admissionsPerMinute: 6000, lastNumber: 0 });
    expect(room.opensAt).toEqual(new Date(opensAt));
    expect(room.closesAt).not.toBeNull();
    expect(room.drawSeed).toMatch(/^[0-9a-f]{64}$/);
    expect(room.drawSeed).not.toBe((await roomOf(two.id)).drawSeed);
  });

  it("keeps names that JavaScript objects reserve, quotes and other scripts", async () => {
    const name = `__proto__ 'x' "y" \\ 층 🎻`;
    const map = { x: 1, y: 2.5, width: 10, height: 20 };
    const document = makeImportDocument({ sections: [{ name, tier: "R", rows: 1, seatsPerRow: 1, map }] });
    const { id } = await importConcert(test.db, document);
    const before = await everything(id);
    expect(before.sections[0]!.name).toBe(name);
    await importConcert(test.db, document);
    expect(await everything(id)).toEqual(before);
  });
});

describe("the same document again", () => {
  it("changes nothing, not even what was set live", async () => {
    const document = makeImportDocument({ performances: [{ startsAt: inDays(5) }, { startsAt: inDays(6) }] });
    const { id } = await importConcert(test.db, document);
    await test.db.update(queues).set({ mode: "paused", activeLimit: 3 }).where(eq(queues.concertId, id));
    const before = await everything(id);
    const again = await importConcert(test.db, document);
    expect(again.created).toBe(false);
    expect(await everything(id)).toEqual(before);
  });

  it("is one concert when several imports meet", async () => {
    const document = makeImportDocument();
    const results = await Promise.all(Array.from({ length: 6 }, () => importConcert(test.db, document)));
    expect(results.filter(({ created }) => created)).toHaveLength(1);
    expect(new Set(results.map(({ id }) => id)).size).toBe(1);
    expect(await seatsOf(results[0]!.id)).toHaveLength(10);
  });
});

describe("a changed document", () => {
  it("updates texts, times, limits and the settings it changed itself", async () => {
    const document = makeImportDocument();
    const { id } = await importConcert(test.db, document);
    await test.db.update(queues).set({ mode: "paused" }).where(eq(queues.concertId, id));
    const before = await everything(id);
    const closesAt = inDays(10);
    await importConcert(test.db, {
      ...document,
      title: "A new title",
      image: "/posters/new.jpg",
      sale: { opensAt: inDays(2), closesAt },
      maxSeatsPerFan: 2,
      waitingRoom: { ...document.waitingRoom, activeLimit: 9 },
    });
    const after = await everything(id);
    expect(after.concert[0]).toMatchObject({
      title: "A new title",
      maxSeatsPerFan: 2,
      saleClosesAt: new Date(closesAt),
    });
    expect(after.concert[0]!.updatedAt.getTime()).toBeGreaterThanOrEqual(before.concert[0]!.updatedAt.getTime());
    expect(after.room).toMatchObject({ mode: "paused", activeLimit: 9, closesAt: new Date(closesAt) });
    expect(after.room.revision).toBe(before.room.revision + 1);
    expect(after.room.drawSeed).toBe(before.room.drawSeed);
    expect(after.seats).toEqual(before.seats);
  });

  it("changes the price of seats that nobody has, and of the others once they are free", async () => {
    const document = makeImportDocument();
    const { id, performances: dates } = await importConcert(test.db, document);
    const [held, lapsed] = await seatsOf(id);
    await hold(id, dates[0]!.id, held!.id);
    await hold(id, dates[0]!.id, lapsed!.id, "-1 second");
    const dearer = { ...document, tiers: [{ name: "R", price: 12_000 }] };
    await importConcert(test.db, dearer);
    expect((await seatsOf(id)).map(({ price }) => price)).toEqual([10_000, ...Array(9).fill(12_000)]);
    await test.db
      .update(seats)
      .set({ heldUntil: sql`now() - interval '1 second'` })
      .where(and(eq(seats.concertId, id), eq(seats.id, held!.id)));
    await importConcert(test.db, dearer);
    expect((await seatsOf(id)).map(({ price }) => price)).toEqual(Array(10).fill(12_000));
  });

  it("adds performances, sections and tiers, with all their seats", async () => {
    const document = makeImportDocument();
    const { id, performances: dates } = await importConcert(test.db, document);
    const result = await importConcert(test.db, {
      ...document,
      tiers: [{ name: "VIP", price: 50_000 }, ...document.tiers],
      sections: [{ name: "Floor", tier: "VIP", rows: 1, seatsPerRow: 4 }, ...document.sections],
      performances: [...document.performances, { startsAt: inDays(40) }],
    });
    expect(result.seats).toBe(28);
    expect(result.performances[0]).toEqual(dates[0]);
    const counts = await test.db
      .select({ name: sections.name, ordinal: sections.ordinal, count: sql<number>`count(*)` })
      .from(seats)
      .innerJoin(sections, and(eq(sections.concertId, seats.concertId), eq(sections.id, seats.sectionId)))
      .where(eq(seats.concertId, id))
      .groupBy(seats.performanceId, sections.name, sections.ordinal)
      .orderBy(sections.ordinal);
    expect(counts).toEqual([
      { name: "Floor", ordinal: 0, count: 4 },
      { name: "Floor", ordinal: 0, count: 4 },
      { name: "A", ordinal: 1, count: 10 },
      { name: "A", ordinal: 1, count: 10 },
    ]);
  });

  it("removes a tier that no section uses", async () => {
    const document = makeImportDocument({
      tiers: [
        { name: "R", price: 10_000 },
        { name: "Spare", price: 1 },
      ],
    });
    const { id } = await importConcert(test.db, document);
    await importConcert(test.db, { ...document, tiers: [{ name: "R", price: 10_000 }] });
    expect((await everything(id)).tiers.map(({ name }) => name)).toEqual(["R"]);
  });

  it("is refused whole where seats exist: every problem with its path, nothing changed", async () => {
    const document = makeImportDocument({
      tiers: [
        { name: "R", price: 10_000 },
        { name: "S", price: 8_000 },
      ],
      sections: [
        { name: "A", tier: "R", rows: 2, seatsPerRow: 5 },
        { name: "B", tier: "S", rows: 1, seatsPerRow: 1 },
      ],
    });
    const { id } = await importConcert(test.db, document);
    const before = await everything(id);
    const changed = {
      ...document,
      title: "Not this",
      sections: [{ name: "A", tier: "S", rows: 3, seatsPerRow: 6 }],
    };
    expect(await refusal(importConcert(test.db, changed))).toEqual({
      code: "conflict",
      paths: ["sections.0.rows", "sections.0.seatsPerRow", "sections.0.tier", "sections"],
    });
    expect(await everything(id)).toEqual(before);
  });

  it("removes or moves a performance only while nobody reserved it", async () => {
    const [kept, other] = [{ startsAt: inDays(5) }, { startsAt: inDays(6) }];
    const document = makeImportDocument({ performances: [kept, other] });
    const { id, performances: dates } = await importConcert(test.db, document);
    const moved = { startsAt: inDays(7) };
    const result = await importConcert(test.db, { ...document, performances: [kept, moved] });
    expect(result.performances.map(({ startsAt }) => startsAt.toISOString())).toEqual([kept.startsAt, moved.startsAt]);
    expect(result.seats).toBe(20);
    const [seat] = await seatsOf(id);
    await hold(id, dates[0]!.id, seat!.id, "-1 hour");
    expect(await refusal(importConcert(test.db, { ...document, performances: [moved] }))).toEqual({
      code: "conflict",
      paths: ["performances"],
    });
  });

  it("leaves performances that are over alone", async () => {
    const [over, next] = [{ startsAt: inDays(5) }, { startsAt: inDays(6) }];
    const document = makeImportDocument({ performances: [over, next] });
    const { id, performances: dates } = await importConcert(test.db, document);
    await test.db
      .update(performances)
      .set({ startsAt: sql`now() - interval '1 day'` })
      .where(and(eq(performances.concertId, id), eq(performances.id, dates[0]!.id)));
    const result = await importConcert(test.db, {
      ...document,
      performances: [next],
      sections: [...document.sections, { name: "New", tier: "R", rows: 1, seatsPerRow: 1 }],
    });
    expect(result.performances).toHaveLength(2);
    expect(result.seats).toBe(21);
  });

  it("keeps the order of a line that fans stand in, and the time of a draw that was held", async () => {
    const document = makeImportDocument({ waitingRoom: { order: "draw" } });
    const { id } = await importConcert(test.db, document);
    const fifo = { ...document, waitingRoom: { ...document.waitingRoom, order: "fifo" as const } };
    await importConcert(test.db, fifo);
    expect((await roomOf(id)).order).toBe("fifo");
    await importConcert(test.db, document);
    const fan = await makeUser(test.db);
    await admitFan(test.db, { concertId: id, userId: fan.id });
    expect(await refusal(importConcert(test.db, fifo))).toEqual({ code: "conflict", paths: ["waitingRoom.order"] });
    await test.db.update(queues).set({ drawnAt: new Date() }).where(eq(queues.concertId, id));
    const later = { ...document, sale: { opensAt: inDays(1), closesAt: null } };
    expect(await refusal(importConcert(test.db, later))).toEqual({ code: "conflict", paths: ["sale.opensAt"] });
  });
});
