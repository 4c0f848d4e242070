import { and, eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { Db } from "@/db/client";
import { seats } from "@/db/schema/catalog";
import { cloneDatabase, type TestDatabase } from "@/db/testing/database";
import { inDays, makeConcert, makeImportDocument } from "@/db/testing/factories";
import { newId } from "@/lib/core/ids";
import { forget, oncePerProcess } from "@/lib/core/registry";
import { importConcert } from "./import-concert";
import { forgetSeats, readSeatLayout, readSeatStates, readSeats } from "./seat-availability";

let test: TestDatabase;
beforeAll(async () => {
  test = await cloneDatabase(8);
});
afterAll(() => test.drop());

type Item = {
  id: string;
  section: string;
  row: number;
  number: number;
  tier: string;
  price: number;
  availability: string;
};

async function hall(sections = ["A", "B"]) {
  const document = makeImportDocument({
    sections: sections.map((name) => ({ name, tier: "R", rows: 2, seatsPerRow: 3 })),
  });
  const { id: concertId, performances } = await importConcert(test.db, document);
  const performanceId = performances[0]!.id;
  const ask = async (availability: "available" | "all", section?: string, db: Db = test.db) => {
    const { version, body } = await readSeats(db, { concertId, performanceId, availability, section });
    const answer = JSON.parse(body.toString()) as { version: string; items: Item[] };
    expect(answer.version).toBe(version);
    return answer;
  };
  const set = (seatId: string, how: "sold" | "held" | "lapsed" | "free", db: Db = test.db) =>
    db
      .update(seats)
      .set({
        reservationId: how === "free" ? null : newId(),
        soldAt: how === "sold" ? new Date() : null,
        heldUntil:
          how === "held"
            ? sql`now() + interval '1 minute'`
            : how === "lapsed"
              ? sql`now() - interval '1 millisecond'`
              : null,
      })
      .where(and(eq(seats.concertId, concertId), eq(seats.id, seatId)));
  const states = async (since?: string) =>
    JSON.parse((await readSeatStates(test.db, { concertId, performanceId, since })).body.toString()) as {
      version: string;
      since?: string;
      layout: string;
      sections: { name: string; states: string }[];
    };
  const layout = async (version: string, section: string, db: Db = test.db) => {
    const answer = await readSeatLayout(db, { concertId, performanceId, version, section });
    expect(answer.version).toBe(version);
    return JSON.parse(answer.body.toString()) as { version: string; items: Omit<Item, "availability">[] };
  };
  return { document, concertId, performanceId, ask, set, states, layout };
}

describe("readSeats", () => {
  it("lists every seat in the order of sections, rows and numbers", async () => {
    const { ask } = await hall(["B", `A "1" 층`]);
    const { items } = await ask("all");
    expect(items.map(({ section, row, number }) => [section, row, number])).toEqual(
      ["B", `A "1" 층`].flatMap((name) => [1, 2].flatMap((row) => [1, 2, 3].map((number) => [name, row, number]))),
    );
    expect(Object.keys(items[0]!)).toEqual(["id", "section", "row", "number", "tier", "price", "availability"]);
    expect(items[0]).toMatchObject({ tier: "R", price: 10_000, availability: "available" });
    expect(await ask("available")).toEqual(await ask("all"));
  });

  it("tells available, held, sold and lapsed apart, by the database's clock", async () => {
    const { ask, set } = await hall();
    const { items } = await ask("all");
    await set(items[0]!.id, "held");
    await set(items[1]!.id, "sold");
    await set(items[2]!.id, "lapsed");
    const words = (await ask("all")).items.slice(0, 4).map(({ availability }) => availability);
    expect(words).toEqual(["held", "sold", "available", "available"]);
    expect((await ask("available")).items.map(({ id }) => id)).toEqual(items.slice(2).map(({ id }) => id));
    // Time passes: only the row's age changes.
    await set(items[0]!.id, "lapsed");
    expect((await ask("available")).items.map(({ id }) => id)).toContain(items[0]!.id);
  });

  it("filters by section; a section that does not exist has no seats", async () => {
    const { ask, set } = await hall();
    const all = await ask("all", "B");
    expect(all.items).toHaveLength(6);
    expect(all.items.every(({ section }) => section === "B")).toBe(true);
    await set(all.items[5]!.id, "sold");
    expect((await ask("available", "B")).items).toHaveLength(5);
    expect((await ask("available", " B ")).items).toHaveLength(5);
    expect((await ask("available", "A")).items).toHaveLength(6);
    for (const name of ["C", "", "__proto__", "x".repeat(1000)]) expect((await ask("all", name)).items).toEqual([]);
  });

  it("gives a version that changes with the seats asked for, and only then", async () => {
    const { ask, set } = await hall();
    const [whole, a, b] = [await ask("all"), await ask("all", "A"), await ask("all", "B")];
    expect(new Set([whole.version, a.version, b.version]).size).toBe(3);
    expect((await ask("all")).version).toBe(whole.version);
    await set(whole.items[0]!.id, "held");
    expect((await ask("all", "B")).version).toBe(b.version);
    const held = [await ask("all"), await ask("all", "A")].map(({ version }) => version);
    expect(held).not.toContain(whole.version);
    expect(held).not.toContain(a.version);
    await set(whole.items[0]!.id, "free");
    expect((await ask("all")).version).toBe(whole.version);
    // Another process would say the same.
    forget("catalog.halls");
    expect((await ask("all")).version).toBe(whole.version);
  });

  it("serialises once per version", async () => {
    const { concertId, performanceId, set, ask } = await hall();
    const question = { concertId, performanceId, availability: "all", section: "A" } as const;
    const first = await readSeats(test.db, question);
    expect((await readSeats(test.db, question)).body).toBe(first.body);
    await set((await ask("all", "A")).items[0]!.id, "sold");
    expect((await readSeats(test.db, question)).body).not.toBe(first.body);
  });

  it("is never older than the question, and reads little however many ask", async () => {
    const { concertId, performanceId, set, ask } = await hall();
    const { items } = await ask("all");
    const query = vi.spyOn(test.db.$client, "query");
    for (const [index, { id, section }] of items.entries()) {
      void ask("all", "A");
      await set(id, "sold");
      query.mockClear();
      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, n) => ask("all", n % 3 === 0 ? undefined : section)),
      );
      expect(query.mock.calls.length).toBeLessThanOrEqual(2);
      for (const { items: seen } of answers) {
        const seat = seen.find((item) => item.id === id);
        expect(seat?.availability).toBe("sold");
      }
      const left = await readSeats(test.db, { concertId, performanceId, availability: "available" });
      expect(JSON.parse(left.body.toString()).items).toHaveLength(items.length - index - 1);
    }
    query.mockRestore();
  });

  it("follows a changed concert: prices, new sections, new performances", async () => {
    const { document, ask, set } = await hall();
    const before = await ask("all");
    await ask("all", "A");
    await set(before.items[0]!.id, "sold");
    await importConcert(test.db, {
      ...document,
      tiers: [{ name: "R", price: 11_000 }],
      sections: [{ name: "Floor", tier: "R", rows: 1, seatsPerRow: 1 }, ...document.sections],
    });
    const a = await ask("all", "A");
    expect(a.items.map(({ price }) => price)).toEqual([10_000, ...Array(5).fill(11_000)]);
    expect(a.items[0]!.availability).toBe("sold");
    const after = await ask("all");
    expect(after.version).not.toBe(before.version);
    expect(after.items.map(({ section }) => section).slice(0, 2)).toEqual(["Floor", "A"]);
    expect(after.items).toHaveLength(13);
  });

  it("answers not_found for what is unknown, and keeps nothing of it", async () => {
    const { concertId, performanceId } = await hall();
    const other = await hall();
    const ask = (concert: string, performance: string) =>
      readSeats(test.db, { concertId: concert, performanceId: performance, availability: "all" });
    for (const [concert, performance] of [
      [concertId, newId()],
      [newId(), performanceId],
      [concertId, other.performanceId],
      [concertId, "nothing"],
      ["nul\u0000", performanceId],
    ] as const) {
      await expect(ask(concert, performance)).rejects.toMatchObject({ code: "not_found" });
    }
    const kept = [...oncePerProcess("catalog.halls", () => new Map<string, unknown>()).keys()];
    expect(kept).not.toContain(`${other.performanceId}/${concertId}`);
    await ask(concertId, performanceId);
  });

  it("is not_found once its performance was removed", async () => {
    const { document, concertId, performanceId, ask } = await hall();
    await ask("all");
    await importConcert(test.db, { ...document, performances: [{ startsAt: inDays(50) }] });
    await expect(readSeats(test.db, { concertId, performanceId, availability: "all" })).rejects.toMatchObject({
      code: "not_found",
    });
  });

  it("sees inside a transaction what the transaction did, and shows it to nobody else", async () => {
    const { ask, set } = await hall();
    const { items } = await ask("all");
    await test.db.transaction(async (tx) => {
      await set(items[0]!.id, "sold", tx);
      expect((await ask("available", "A", tx)).items).toHaveLength(5);
      expect((await ask("available", "A")).items).toHaveLength(6);
    });
    expect((await ask("available", "A")).items).toHaveLength(5);
  });

  it("lets go of halls when too many seats are kept, and fills them again", async () => {
    forget("catalog.halls");
    const big = await makeConcert(test.db, {
      sections: [{ name: "A", tier: "R", rows: 100, seatsPerRow: 500 }],
      performances: [1, 2, 3, 4].map((day) => ({ startsAt: inDays(day) })),
    });
    const small = await hall();
    await small.ask("all");
    for (const { id } of big.performances) {
      await readSeats(test.db, { concertId: big.id, performanceId: id, availability: "all", section: "?" });
    }
    const kept = [...oncePerProcess("catalog.halls", () => new Map<string, unknown>()).keys()];
    expect(kept).toEqual(big.performances.map(({ id }) => `${id}/${big.id}`));
    expect((await small.ask("all")).items).toHaveLength(12);
    forgetSeats(big.performances[3]!.id);
    expect(oncePerProcess("catalog.halls", () => new Map()).size).toBeLessThan(5);
  });

  it("recovers from a read that failed", async () => {
    const { ask } = await hall();
    await ask("all");
    const query = vi.spyOn(test.db.$client, "query").mockImplementationOnce(() => {
      throw new Error("The database is away.");
    });
    await expect(Promise.all([ask("all"), ask("all", "A")])).rejects.toThrow("The database is away.");
    query.mockRestore();
    expect((await ask("all")).items).toHaveLength(12);
  });
});

describe("readSeatStates", () => {
  it("writes one letter per seat by row and number, and a new version with each change", async () => {
    const { ask, set, states } = await hall();
    const { items } = await ask("all");
    const before = await states();
    expect(before.sections).toEqual([
      { name: "A", states: "aaaaaa" },
      { name: "B", states: "aaaaaa" },
    ]);
    await set(items[1]!.id, "held");
    await set(items[5]!.id, "sold");
    await set(items[6]!.id, "lapsed");
    // Whoever asks for the seats has the hall read; its letters are from that read.
    await ask("all");
    const after = await states();
    expect(after.sections).toEqual([
      { name: "A", states: "ahaaas" },
      { name: "B", states: "aaaaaa" },
    ]);
    expect(after.version).not.toBe(before.version);
    expect(await states()).toEqual(after);
  });

  it("answers what changed since a version of the last seconds, and everything since one that is forgotten", async () => {
    const { ask, set, states } = await hall();
    const { items } = await ask("all");
    const first = await states();
    await set(items[1]!.id, "held");
    await ask("all");
    const second = await states(first.version);
    expect(second).toMatchObject({ since: first.version, sections: [{ name: "A", states: "ahaaaa" }] });
    await set(items[7]!.id, "sold");
    await ask("all");
    expect((await states(second.version)).sections).toEqual([{ name: "B", states: "asaaaa" }]);
    expect((await states(first.version)).sections.map(({ name }) => name)).toEqual(["A", "B"]);
    const whole = await states("a-version-of-yesterday");
    expect(whole.since).toBeUndefined();
    expect(whole.sections).toHaveLength(2);
  });

  it("is read from memory for half a second, however many ask", async () => {
    const { ask, set, states } = await hall();
    const { items } = await ask("all");
    const before = await states();
    const query = vi.spyOn(test.db.$client, "query");
    await Promise.all(Array.from({ length: 500 }, () => states()));
    expect(query).not.toHaveBeenCalled();
    query.mockRestore();
    await set(items[1]!.id, "held");
    await vi.waitFor(async () => expect((await states()).version).not.toBe(before.version), { timeout: 2000 });
  });

  it("writes each answer once per version", async () => {
    const { concertId, performanceId, ask, set, states } = await hall();
    const { items } = await ask("all");
    const { version } = await states();
    await set(items[1]!.id, "held");
    await ask("all");
    const read = async (since?: string) => (await readSeatStates(test.db, { concertId, performanceId, since })).body;
    expect(await read()).toBe(await read());
    expect(await read(version)).toBe(await read(version));
    expect(await read(version)).not.toBe(await read());
  });

  it("is never older than half a second", async () => {
    const { ask, set, states } = await hall();
    const { items } = await ask("all");
    for (const [index, { id }] of items.slice(0, 3).entries()) {
      await set(id, "sold");
      const takenAt = performance.now();
      for (;;) {
        const askedAt = performance.now();
        const { sections } = await states();
        const sold = sections.reduce((sum, { states: letters }) => sum + letters.split("s").length - 1, 0);
        if (sold === index + 1) break;
        expect(askedAt - takenAt).toBeLessThanOrEqual(500);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  });

  it("takes no section of a changed concert for free that it has not read since", async () => {
    const { document, ask, set, states } = await hall();
    const { items } = await ask("all");
    await set(items[6]!.id, "sold");
    await ask("all");
    await importConcert(test.db, { ...document, title: "Another title" });
    await ask("all", "A");
    expect((await states()).sections[1]).toEqual({ name: "B", states: "saaaaa" });
  });

  it("does not know an unknown performance", async () => {
    await expect(readSeatStates(test.db, { concertId: newId(), performanceId: newId() })).rejects.toThrow(
      "performance",
    );
  });
});

describe("readSeatLayout", () => {
  it("writes a section's seats as they are sold, without their availability", async () => {
    const { ask, set, states, layout } = await hall(["A", '나 "2"']);
    const { items } = await ask("all", '나 "2"');
    await set(items[0]!.id, "sold");
    const version = (await states()).layout;
    const places = items.map(({ availability: _, ...place }) => place);
    expect(await layout(version, '나 "2"')).toEqual({ version, items: places });
    expect((await layout(version, ' 나 "2" ')).items).toEqual(places);
    expect((await layout(version, "C")).items).toEqual([]);
    await test.db.transaction(async (tx) => expect((await layout(version, "A", tx)).items).toHaveLength(6));
  });

  it("has a version that no sale changes, the same in every process", async () => {
    const { ask, set, states } = await hall();
    const { items } = await ask("all");
    const { layout } = await states();
    await set(items[0]!.id, "sold");
    await ask("all");
    expect((await states()).layout).toBe(layout);
    forget("catalog.halls");
    expect((await states()).layout).toBe(layout);
  });

  it("is answered from memory, in the same bytes for all", async () => {
    const { concertId, performanceId, states } = await hall();
    const { layout: version } = await states();
    const query = vi.spyOn(test.db.$client, "query");
    const read = async () => (await readSeatLayout(test.db, { concertId, performanceId, version, section: "A" })).body;
    const bodies = await Promise.all(Array.from({ length: 100 }, read));
    expect(new Set(bodies).size).toBe(1);
    expect(query).not.toHaveBeenCalled();
    query.mockRestore();
  });

  it("gets a new version when the organiser changes a price or adds a section, and the old one is gone", async () => {
    const { document, states, layout, ask } = await hall();
    const before = (await states()).layout;
    await importConcert(test.db, { ...document, title: "Another title" });
    await ask("all");
    expect((await states()).layout).toBe(before);
    await importConcert(test.db, { ...document, tiers: [{ name: "R", price: 11_000 }] });
    await ask("all");
    const after = (await states()).layout;
    expect(after).not.toBe(before);
    expect((await layout(after, "A")).items[0]?.price).toBe(11_000);
    await expect(layout(before, "A")).rejects.toMatchObject({ code: "not_found" });
    await importConcert(test.db, {
      ...document,
      tiers: [{ name: "R", price: 11_000 }],
      sections: [...document.sections, { name: "C", tier: "R", rows: 1, seatsPerRow: 1 }],
    });
    await ask("all");
    expect((await states()).layout).not.toBe(after);
  });

  it("is found by a version that this process has not heard of yet", async () => {
    const { states, layout } = await hall();
    const { layout: version } = await states();
    forget("catalog.halls");
    expect((await layout(version, "A")).items).toHaveLength(6);
  });
});
