import { describe, expect, it } from "vitest";
import { inDays, makeImportDocument } from "@/db/testing/factories";
import { problemsOf } from "@/lib/core/problems";
import { importDocumentSchema } from "./schema";

const good = () => structuredClone(makeImportDocument()) as Record<string, unknown>;

/** Sets or (undefined) removes what stands at a path. */
function changed(path: string, value: unknown): unknown {
  const document = good();
  const keys = path.split(".");
  const last = keys.pop() as string;
  let at: Record<string, unknown> = document;
  for (const key of keys) at = at[key] as Record<string, unknown>;
  if (value === undefined) delete at[last];
  else at[last] = value;
  return document;
}

const problems = (document: unknown): string[] => {
  const parsed = importDocumentSchema.safeParse(document);
  return parsed.success ? [] : problemsOf(parsed.error).map(({ path }) => path);
};

const section = (name: string, rows = 1, seatsPerRow = 1, tier = "R") => ({ name, tier, rows, seatsPerRow });
const at = (...days: number[]) => days.map((day) => ({ startsAt: inDays(day) }));

describe("importDocumentSchema", () => {
  it("takes a document and fills in what may be left out", () => {
    expect(problems(good())).toEqual([]);
    const { description, maxSeatsPerFan, holdSeconds, refundUntilHours, waitingRoom, ...rest } = makeImportDocument();
    expect(importDocumentSchema.parse({ ...rest, sale: { opensAt: rest.sale.opensAt } })).toEqual({
      ...rest,
      description: "",
      maxSeatsPerFan: 4,
      holdSeconds: 300,
      refundUntilHours: 24,
      waitingRoom: {
        mode: "on",
        order: "fifo",
        activeLimit: 500,
        admissionsPerMinute: 6000,
        sessionSeconds: 600,
        claimSeconds: 120,
      },
    });
  });

  it("composes and trims names, so that one name is one name", () => {
    const document = importDocumentSchema.parse({
      ...good(),
      tiers: [{ name: " 전석".normalize("NFD"), price: 1 }],
      sections: [section("1층 ".normalize("NFD"), 1, 1, "전석")],
    });
    expect(document.sections[0]).toMatchObject({ name: "1층", tier: "전석" });
  });

  it("takes 200,000 seats in all performances together, and not one more", () => {
    const sections = [section("A", 200, 500)];
    expect(problems({ ...good(), sections, performances: at(1, 2) })).toEqual([]);
    expect(problems({ ...good(), sections: [...sections, section("B")], performances: at(1, 2) })).toEqual([
      "sections",
    ]);
    expect(problems({ ...good(), sections: [section("A", 1, 200_001)] })).toContain("sections.0.seatsPerRow");
    expect(problems({ ...good(), sections: [section("A", 66_667, 3)] })).toEqual(["sections"]);
  });

  it("takes pictures, a seat map and accessible seats", () => {
    const map = { x: -1.5, y: 0, width: 10, height: 10, rotation: 12 };
    const accessibleSeats = [{ row: 1, number: 1 }];
    const sections = [{ ...section("A"), map, image: "https://example.com/a.webp", accessibleSeats }];
    const seatMap = { width: 100, height: 100, stage: { x: 0, y: 0, width: 10, height: 10 } };
    expect(problems({ ...good(), image: "/posters/a.webp", seatMap, sections })).toEqual([]);
  });

  it.each<[string, unknown, string?]>([
    ["slug", undefined],
    ["slug", "Has Capitals"],
    ["slug", "two--hyphens"],
    ["slug", "-edge"],
    ["slug", "../../etc"],
    ["slug", "a".repeat(81)],
    ["slug", "01890000-0000-7000-8000-000000000000"],
    ["title", 5],
    ["title", null],
    ["title", ""],
    ["title", "   "],
    ["title", "a".repeat(201)],
    ["title", "nul \u0000"],
    ["title", "two\nlines"],
    ["title", "half \ud83d"],
    ["artist", undefined],
    ["description", "nul \u0000"],
    ["description", "a".repeat(5001)],
    ["venue.name", undefined],
    ["venue.timeZone", "Mars/Olympus"],
    ["venue.timeZone", "+09:00"],
    ["venue.timeZone", ""],
    ["venue.country", "KR"],
    ["currency", "USD"],
    ["tiers", []],
    ["tiers", "R"],
    ["tiers.0.price", -1],
    ["tiers.0.price", 0.5],
    ["tiers.0.price", "1000"],
    ["tiers.0.price", 2 ** 53],
    ["tiers.0.price", Number.NaN],
    ["tiers.0.price", Number.POSITIVE_INFINITY],
    ["tiers.0.price", Number.MAX_SAFE_INTEGER],
    ["tiers.0.colour", "red"],
    ["sections", []],
    ["sections.0", null],
    ["sections.0.rows", 0],
    ["sections.0.rows", 1.5],
    ["sections.0.seatsPerRow", -1],
    ["sections.0.tier", "Nowhere"],
    ["sections.0.map", { x: 0, y: 0, width: 0, height: 1 }, "sections.0.map.width"],
    ["sections.0.map", { x: 0, y: 0, width: 1, height: 1, z: 1 }, "sections.0.map.z"],
    ["sections.0.accessibleSeats", [{ row: 3, number: 1 }], "sections.0.accessibleSeats.0"],
    ["sections.0.image", "http://169.254.169.254/latest"],
    ["sections.0.image", "file:///etc/passwd"],
    ["sections.0.image", "//evil.example/a.png"],
    ["sections.0.image", "/\\evil.example/a.png"],
    ["sections.0.image", "javascript:alert(1)"],
    ["image", "https://user:password@example.com/a.png"],
    ["image", "data:image/svg+xml,<svg/>"],
    ["performances", []],
    ["performances.0.startsAt", "2020-01-01T00:00:00Z"],
    ["performances.0.startsAt", "2027-01-09T18:00:00"],
    ["performances.0.startsAt", "2027-02-30T18:00:00Z"],
    ["performances.0.startsAt", "tomorrow"],
    ["performances.0.startsAt", 1_800_000_000],
    ["sale", undefined],
    ["sale.opensAt", "soon"],
    ["sale.opensAt", inDays(31)],
    ["sale.closesAt", inDays(-2)],
    ["maxSeatsPerFan", 0],
    ["maxSeatsPerFan", 101],
    ["holdSeconds", 0],
    ["holdSeconds", 86_401],
    ["refundUntilHours", -1],
    ["waitingRoom.mode", "open"],
    ["waitingRoom.order", "random"],
    ["waitingRoom.activeLimit", -1],
    ["waitingRoom.admissionsPerMinute", 10_000_001],
    ["waitingRoom.sessionSeconds", 0],
    ["waitingRoom.claimSeconds", 1.5],
    ["waitingRoom.speed", 1],
    ["userId", "me"],
  ])("refuses %s = %j", (path, value, where = path) => {
    expect(problems(changed(path, value))).toEqual([where]);
  });

  it("refuses names, seats and moments twice", () => {
    const tiers = [
      { name: "R", price: 1 },
      { name: " R", price: 2 },
    ];
    expect(problems({ ...good(), tiers })).toEqual(["tiers.1.name"]);
    expect(problems({ ...good(), sections: [section("A"), section("B"), section("A")] })).toEqual(["sections.2.name"]);
    const performances = [{ startsAt: "2030-01-01T09:00:00+09:00" }, { startsAt: "2030-01-01T00:00:00.000Z" }];
    expect(problems({ ...good(), performances })).toEqual(["performances.1.startsAt"]);
    const seat = { row: 1, number: 1 };
    expect(problems({ ...good(), sections: [{ ...section("A"), accessibleSeats: [seat, seat] }] })).toEqual([
      "sections.0.accessibleSeats.1",
    ]);
  });

  it("bounds every collection", () => {
    const many = (count: number) => Array.from({ length: count }, (_, index) => `N${index}`);
    expect(problems({ ...good(), tiers: many(51).map((name) => ({ name, price: 1 })) })).toContain("tiers");
    expect(problems({ ...good(), sections: many(1001).map((name) => section(name)) })).toEqual(["sections"]);
    expect(problems({ ...good(), performances: at(...many(367).map((_, index) => index + 1)) })).toEqual([
      "performances",
    ]);
  });

  it("lists every problem at once, of single fields and between them", () => {
    const document = {
      ...good(),
      title: 5,
      unknown: true,
      tiers: [
        { name: "R", price: 1.5 },
        { name: "R", price: 1 },
      ],
      sections: [{ ...section("A", 200_001), tier: "?" }, section("A")],
      performances: [{ startsAt: "2020-01-01T00:00:00Z" }, { startsAt: "never" }],
    };
    expect(problems(document).sort()).toEqual(
      [
        "title",
        "unknown",
        "tiers.0.price",
        "tiers.1.name",
        "sections",
        "sections.0.rows",
        "sections.0.tier",
        "sections.1.name",
        "performances.0.startsAt",
        "performances.1.startsAt",
      ].sort(),
    );
  });

  it("is not stopped by what is no document at all", () => {
    for (const nothing of [null, [], "text", 7, true]) expect(problems(nothing)).toEqual([""]);
    expect(problems({ sections: 7, tiers: {}, performances: [null, 5] })).toContain("performances.1");
    expect(problems(JSON.parse('{ "__proto__": { "slug": "x" } }'))).toContain("__proto__");
  });
});
