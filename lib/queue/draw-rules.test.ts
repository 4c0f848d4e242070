import { createHash, randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import {
  DRAW_METHOD,
  type DrawFacts,
  digestOf,
  drawKeys,
  findPlace,
  mixedSeed,
  PLACES_PER_PAGE,
  type PlacesPage,
  type Sha256,
  shareOf,
  verifyDraw,
} from "./draw-rules";

const hash = (text: string) => createHash("sha256").update(text).digest("hex");
const sha256: Sha256 = async (texts) => texts.map(hash);

const newDrawId = () => randomBytes(16).toString("hex");

/** A draw as it is published, of `count` fans, by the rules and `perPage` on a page. */
async function makeDraw(count: number, perPage = 10, after = 0) {
  const seed = randomBytes(32).toString("hex");
  const drawIds = Array.from({ length: count }, newDrawId);
  const digest = await digestOf(sha256, drawIds);
  const keys = await drawKeys(sha256, await mixedSeed(sha256, seed, digest), drawIds);
  const key = new Map(drawIds.map((drawId, at) => [drawId, keys[at] as string]));
  const order = drawIds.toSorted((a, b) => ((key.get(a) as string) < (key.get(b) as string) ? -1 : 1));
  const at = "2027-01-01T00:00:00.000Z";
  const facts: DrawFacts = {
    method: DRAW_METHOD,
    seedHash: hash(seed),
    opensAt: at,
    closedAt: at,
    drawnAt: at,
    digest,
    count,
    after,
    seed,
  };
  return { facts, order, pages: (list = order) => pagesOf(list, perPage, after) };
}

function pagesOf(order: string[], perPage: number, after: number): PlacesPage[] {
  const pages: PlacesPage[] = [];
  for (let at = 0; at < order.length; at += perPage) {
    pages.push({ from: after + at + 1, drawIds: order.slice(at, at + perPage), nextCursor: null });
  }
  return pages;
}

const verify = async (...args: Parameters<typeof verifyDraw> extends [unknown, ...infer Rest] ? Rest : never) =>
  (await verifyDraw(sha256, ...args)).problems;

describe("verifyDraw", () => {
  it("finds nothing wrong with an honest draw, and the place that is asked for", async () => {
    for (const count of [0, 1, 2, 57]) {
      const { facts, pages, order } = await makeDraw(count, 10, 3);
      const options = count > 0 ? { drawId: order[count - 1] as string, pledged: facts.seedHash } : {};
      const verdict = await verifyDraw(sha256, facts, pages(), options);
      expect(verdict).toEqual({ checked: count, problems: [], place: count > 0 ? count + 3 : null });
    }
  });

  it("finds two places that were exchanged, wherever they are", async () => {
    const { facts, pages, order } = await makeDraw(57);
    for (const [a, b] of [
      [0, 1],
      [9, 10],
      [0, 56],
    ] as const) {
      const tampered = order.with(a, order[b] as string).with(b, order[a] as string);
      expect(await verify(facts, pages(tampered))).toEqual([{ check: "order", number: expect.any(Number) }]);
    }
  });

  it("finds a fan who was put in another's place, left out, added or drawn twice", async () => {
    const { facts, pages, order } = await makeDraw(57);
    const checks = async (list: string[]) => (await verify(facts, pages(list))).map((problem) => problem.check);
    expect(await checks(order.with(5, newDrawId()))).toContain("digest");
    expect(await checks(order.toSpliced(5, 1))).toEqual(["count", "digest"]);
    expect(await checks([...order, newDrawId()])).toEqual(expect.arrayContaining(["count", "digest"]));
    expect(await checks(order.with(6, order[5] as string))).toEqual(expect.arrayContaining(["order", "digest"]));
  });

  it("finds another seed, even one that the whole order was computed from", async () => {
    const { facts, pages, order } = await makeDraw(57);
    const seed = randomBytes(32).toString("hex");
    const keys = await drawKeys(sha256, await mixedSeed(sha256, seed, facts.digest as string), order);
    const reordered = order.toSorted((a, b) =>
      (keys[order.indexOf(a)] as string) < (keys[order.indexOf(b)] as string) ? -1 : 1,
    );
    expect(await verify({ ...facts, seed }, pages(reordered))).toEqual([{ check: "seed" }]);
    // Even the hash was changed with it: only who noted it before can tell.
    const changed = { ...facts, seed, seedHash: hash(seed) };
    expect(await verify(changed, pages(reordered))).toEqual([]);
    expect(await verify(changed, pages(reordered), { pledged: facts.seedHash })).toEqual([{ check: "pledge" }]);
  });

  it("finds pages that leave places out or overlap", async () => {
    const { facts, pages } = await makeDraw(57);
    const shifted = pages().map((page, at) => (at === 2 ? { ...page, from: page.from + 1 } : page));
    expect(await verify(facts, shifted)).toEqual([{ check: "page", number: 22 }]);
  });

  it("says that it cannot check what it does not know or what is not over", async () => {
    const { facts, pages } = await makeDraw(3);
    expect(await verify({ ...facts, method: "other" }, pages())).toEqual([{ check: "method" }]);
    expect(await verify({ ...facts, seed: null }, pages())).toEqual([{ check: "unfinished" }]);
    const drawId = newDrawId();
    expect(await verify(facts, pages(), { drawId })).toEqual([{ check: "place", drawId }]);
  });
});

describe("findPlace", () => {
  it("finds any place of a large draw in few pages, and nobody's where there is none", async () => {
    const count = 2.5 * PLACES_PER_PAGE;
    const { facts, order, pages } = await makeDraw(count, PLACES_PER_PAGE);
    const all = pages();
    let read = 0;
    const readPage = async (cursor: string) => {
      read += 1;
      return all[Number(cursor) / PLACES_PER_PAGE] as PlacesPage;
    };
    for (const at of [0, 1, PLACES_PER_PAGE - 1, PLACES_PER_PAGE, PLACES_PER_PAGE + 1, count - 1]) {
      const found = await findPlace(sha256, facts, readPage, order[at] as string);
      expect(found).toMatchObject({ number: at + 1, fits: true });
      expect(found?.share).toBeCloseTo(at / count, 1);
    }
    expect(read).toBeLessThan(12);
    expect(await findPlace(sha256, facts, readPage, newDrawId())).toBeNull();
    expect(await findPlace(sha256, { ...facts, seed: null }, readPage, order[0] as string)).toBeNull();
  });

  it("sees that a neighbour was moved", async () => {
    const { facts, order, pages } = await makeDraw(50, PLACES_PER_PAGE);
    const tampered = order.with(20, order[24] as string).with(24, order[20] as string);
    const found = await findPlace(sha256, facts, async () => pages(tampered)[0] as PlacesPage, order[22] as string);
    expect(found).toMatchObject({ number: 23, fits: false });
  });
});

describe("the order", () => {
  it("changes for everybody with every single fan of the lobby", async () => {
    const { facts, order } = await makeDraw(200);
    const seed = facts.seed as string;
    const other = await digestOf(sha256, [...order, newDrawId()]);
    const keys = await drawKeys(sha256, await mixedSeed(sha256, seed, other), order);
    const stayed = order.toSorted((a, b) =>
      (keys[order.indexOf(a)] as string) < (keys[order.indexOf(b)] as string) ? -1 : 1,
    );
    expect(stayed.filter((drawId, at) => drawId === order[at]).length).toBeLessThan(20);
  });

  it("is uniform: a key lies anywhere between 0 and 1", async () => {
    const keys = await sha256(Array.from({ length: 4000 }, (_, at) => `fan ${at}`));
    const mean = keys.reduce((sum, key) => sum + shareOf(key), 0) / keys.length;
    expect(mean).toBeGreaterThan(0.47);
    expect(mean).toBeLessThan(0.53);
  });
});
