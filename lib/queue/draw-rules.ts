/** How a lobby is drawn, in the form that everybody may check: pure, for the server, the browser and the command. */

/** Names the rules below, so that a draw can be checked by the rules that it was held by. */
export const DRAW_METHOD = "frontrow-1";

/** Hexadecimal digits of a draw id. */
export const DRAW_ID_LENGTH = 32;

/** Draw ids on one page of the published places. */
export const PLACES_PER_PAGE = 10_000;

/** What is published of a draw. Before it, `seed` and all after `opensAt` are null. */
export type DrawFacts = {
  method: string;
  /** SHA-256 (hex) of the seed, published before anybody came. */
  seedHash: string;
  opensAt: string;
  closedAt: string | null;
  drawnAt: string | null;
  /** SHA-256 (hex) of the sorted draw ids, a line feed between each two. */
  digest: string | null;
  count: number | null;
  /** The number before the first drawn one; 0 but for rooms that gave numbers before their lobby closed. */
  after: number | null;
  /** Hexadecimal; known once the draw is over. */
  seed: string | null;
};

/** A page of the places in their order: the first one's number, and who has it and those after it. */
export type PlacesPage = { from: number; drawIds: string[]; nextCursor: string | null };

/** SHA-256 of UTF-8 texts, in hex. */
export type Sha256 = (texts: string[]) => Promise<string[]>;

export type DrawProblem =
  | { check: "method" | "unfinished" | "seed" | "pledge" | "count" | "digest" }
  /** `number` is the first one at which the published places are wrong. */
  | { check: "order" | "page"; number: number }
  | { check: "place"; drawId: string };

export type DrawVerdict = { checked: number; problems: DrawProblem[]; place: number | null };

const HASHES_AT_ONCE = 2000;

async function hashOne(sha256: Sha256, text: string): Promise<string> {
  const [hash] = await sha256([text]);
  return hash as string;
}

/** What the draw ids are hashed with: nobody knows it before both the seed and the closed lobby's list are fixed. */
export const mixedSeed = (sha256: Sha256, seed: string, digest: string): Promise<string> =>
  hashOne(sha256, `${seed}:${digest}`);

/** The keys by which draw ids are ordered, lowest first. */
export const drawKeys = (sha256: Sha256, mixed: string, drawIds: string[]): Promise<string[]> =>
  sha256(drawIds.map((drawId) => `${mixed}:${drawId}`));

/** The digest of a lobby's list, in whatever order it comes. */
export const digestOf = (sha256: Sha256, drawIds: string[]): Promise<string> =>
  hashOne(sha256, [...drawIds].sort().join("\n"));

/** Whether the seed is the one whose hash was published. Null while it is not known. */
export async function seedFits(sha256: Sha256, facts: DrawFacts): Promise<boolean | null> {
  return facts.seed === null ? null : (await hashOne(sha256, facts.seed)) === facts.seedHash;
}

/** Where of 0 to 1 a key lies: a place is about this share of the way down the list. */
export const shareOf = (key: string): number => Number.parseInt(key.slice(0, 12), 16) / 2 ** 48;

/** One's own place, and whether it is where seed and list put it; null if the draw has no such place. */
export type FoundPlace = { number: number; key: string; share: number; fits: boolean } | null;

/**
 * Finds one place of a draw that is over without reading the whole of it: the keys are in order, so that the key says
 * about where it is. `fits`: its neighbours on the page lie on the right sides of it.
 */
export async function findPlace(
  sha256: Sha256,
  facts: DrawFacts,
  readPage: (cursor: string) => Promise<PlacesPage>,
  drawId: string,
): Promise<FoundPlace> {
  const { seed, digest, count } = facts;
  if (seed === null || digest === null || count === null || count === 0) return null;
  const mixed = await mixedSeed(sha256, seed, digest);
  const [key = ""] = await drawKeys(sha256, mixed, [drawId]);
  let [low, high] = [0, Math.ceil(count / PLACES_PER_PAGE) - 1];
  let at = Math.min(high, Math.floor((shareOf(key) * count) / PLACES_PER_PAGE));
  while (low <= high) {
    const page = await readPage(String(at * PLACES_PER_PAGE));
    const index = page.drawIds.indexOf(drawId);
    if (index >= 0) {
      const around = await drawKeys(sha256, mixed, page.drawIds.slice(Math.max(0, index - 20), index + 21));
      const fits = around.every((one, step) => step === 0 || one > (around[step - 1] as string));
      return { number: page.from + index, key, share: shareOf(key), fits };
    }
    const [first = "", last = ""] = await drawKeys(sha256, mixed, [page.drawIds[0] ?? "", page.drawIds.at(-1) ?? ""]);
    if (key > last) low = at + 1;
    else if (key < first) high = at - 1;
    else return null;
    at = key > last ? low : high;
  }
  return null;
}

/**
 * Checks a whole draw from what is published: the seed against its hash, every place's order, the list against its
 * digest. `pledged` is the seed's hash as noted before the opening, `drawId` a place to look for. `onProgress` hears how
 * many places are done.
 */
export async function verifyDraw(
  sha256: Sha256,
  facts: DrawFacts,
  pages: AsyncIterable<PlacesPage> | Iterable<PlacesPage>,
  options: { pledged?: string; drawId?: string; onProgress?: (done: number) => void } = {},
): Promise<DrawVerdict> {
  const problems: DrawProblem[] = [];
  const { seed, digest, count, after } = facts;
  if (facts.method !== DRAW_METHOD) return { checked: 0, problems: [{ check: "method" }], place: null };
  if (seed === null || digest === null || count === null || after === null) {
    return { checked: 0, problems: [{ check: "unfinished" }], place: null };
  }
  if (!(await seedFits(sha256, facts))) problems.push({ check: "seed" });
  if (options.pledged !== undefined && options.pledged.toLowerCase() !== facts.seedHash) {
    problems.push({ check: "pledge" });
  }
  const mixed = await mixedSeed(sha256, seed, digest);
  const all: string[] = [];
  let lastKey = "";
  let place: number | null = null;
  let isOrdered = true;
  for await (const page of pages) {
    if (page.from !== after + all.length + 1 && isOrdered) {
      isOrdered = false;
      problems.push({ check: "page", number: page.from });
    }
    for (let at = 0; at < page.drawIds.length; at += HASHES_AT_ONCE) {
      const drawIds = page.drawIds.slice(at, at + HASHES_AT_ONCE);
      const keys = await drawKeys(sha256, mixed, drawIds);
      keys.forEach((key, step) => {
        const number = page.from + at + step;
        if (drawIds[step] === options.drawId) place = number;
        // Equal keys would mean the same id twice.
        if (key <= lastKey && isOrdered) {
          isOrdered = false;
          problems.push({ check: "order", number });
        }
        lastKey = key;
      });
      for (const drawId of drawIds) all.push(drawId);
      options.onProgress?.(all.length);
    }
  }
  if (all.length !== count) problems.push({ check: "count" });
  if ((await digestOf(sha256, all)) !== digest) problems.push({ check: "digest" });
  if (options.drawId !== undefined && place === null) problems.push({ check: "place", drawId: options.drawId });
  return { checked: all.length, problems, place };
}
