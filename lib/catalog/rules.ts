/** Seats of all performances of one concert together. */
export const MAX_SEATS = 200_000;

/** Where a concert stands on its way: `closed` is a sale that ended before the last performance. */
export type ConcertStatus = "upcoming" | "on_sale" | "sold_out" | "closed" | "past";

/** What a concert's page says of its sale at `now`. `soldOut`: no seat is free in any performance still to come. */
export function concertStatus(concert: {
  now: Date;
  saleOpensAt: Date;
  saleClosesAt: Date | null;
  lastStartsAt: Date;
  soldOut: boolean;
}): ConcertStatus {
  const { now, saleOpensAt, saleClosesAt, lastStartsAt, soldOut } = concert;
  if (lastStartsAt <= now) return "past";
  if (saleClosesAt && saleClosesAt <= now) return "closed";
  if (saleOpensAt > now) return "upcoming";
  return soldOut ? "sold_out" : "on_sale";
}

/** Seats of one performance. */
export const seatsPerPerformance = (sections: readonly { rows: number; seatsPerRow: number }[]): number =>
  sections.reduce((sum, { rows, seatsPerRow }) => sum + rows * seatsPerRow, 0);

type Problem = { path: (string | number)[]; message: string };

/** The parts that the rules read; each may still be of a wrong type, which is then the schema's to say. */
type Draft = {
  tiers?: unknown;
  sections?: unknown;
  performances?: unknown;
  sale?: unknown;
  maxSeatsPerFan?: unknown;
};

type Fields = Record<string, unknown>;
const fields = (value: unknown): Fields => (typeof value === "object" && value !== null ? (value as Fields) : {});
const list = (value: unknown): Fields[] => (Array.isArray(value) ? value.map(fields) : []);
const count = (value: unknown): number => (typeof value === "number" && value > 0 ? value : 0);
const time = (value: unknown): number => (typeof value === "string" ? Date.parse(value) : Number.NaN);

/** What no single field of an import document can show: names twice, unknown tiers, too many seats, dates gone by. */
export function importProblems(document: Draft, now: Date): Problem[] {
  return [
    ...repeatedNames("tiers", list(document.tiers)),
    ...repeatedNames("sections", list(document.sections)),
    ...unknownTiers(document),
    ...tooManySeats(document),
    ...dearBasket(document),
    ...badAccessibleSeats(list(document.sections)),
    ...badDates(document, now),
  ];
}

function* repeatedNames(key: "tiers" | "sections", items: Fields[]): Generator<Problem> {
  const seen = new Map<string, number>();
  for (const [index, { name }] of items.entries()) {
    if (typeof name !== "string") continue;
    const first = seen.get(name);
    if (first === undefined) seen.set(name, index);
    else yield { path: [key, index, "name"], message: `"${name}" is already the name of ${key}.${first}` };
  }
}

function* unknownTiers(document: Draft): Generator<Problem> {
  const known = new Set(list(document.tiers).map(({ name }) => name));
  // Without tiers every section would be named.
  if (known.size === 0) return;
  for (const [index, { tier }] of list(document.sections).entries()) {
    if (typeof tier === "string" && !known.has(tier)) {
      yield { path: ["sections", index, "tier"], message: `"${tier}" is not the name of a tier` };
    }
  }
}

function* tooManySeats(document: Draft): Generator<Problem> {
  const each = list(document.sections).reduce(
    (sum, { rows, seatsPerRow }) => sum + count(rows) * count(seatsPerRow),
    0,
  );
  const total = each * list(document.performances).length;
  if (total > MAX_SEATS) {
    const message = `come to ${total.toLocaleString("en")} seats in all performances together, more than ${MAX_SEATS.toLocaleString("en")}`;
    yield { path: ["sections"], message };
  }
}

/** One reservation's amount must fit in an amount. */
function* dearBasket(document: Draft): Generator<Problem> {
  const most = count(document.maxSeatsPerFan);
  for (const [index, { price }] of list(document.tiers).entries()) {
    if (Number.isSafeInteger(price) && count(price) * most > Number.MAX_SAFE_INTEGER) {
      yield { path: ["tiers", index, "price"], message: `times ${most} seats must be at most 2^53 − 1` };
    }
  }
}

function* badAccessibleSeats(sections: Fields[]): Generator<Problem> {
  for (const [index, section] of sections.entries()) {
    const seen = new Set<string>();
    for (const [at, { row, number }] of list(section.accessibleSeats).entries()) {
      const path = ["sections", index, "accessibleSeats", at];
      if (count(row) > count(section.rows) || count(number) > count(section.seatsPerRow)) {
        yield { path, message: "is not a seat of this section" };
      } else if (seen.has(`${row}/${number}`)) {
        yield { path, message: "is listed twice" };
      }
      seen.add(`${row}/${number}`);
    }
  }
}

function* badDates(document: Draft, now: Date): Generator<Problem> {
  const seen = new Map<number, number>();
  let last = Number.NaN;
  for (const [index, { startsAt }] of list(document.performances).entries()) {
    const path = ["performances", index, "startsAt"];
    const at = time(startsAt);
    if (Number.isNaN(at)) continue;
    if (at <= now.getTime()) yield { path, message: "must not be in the past" };
    const first = seen.get(at);
    if (first === undefined) seen.set(at, index);
    else yield { path, message: `is the same moment as performances.${first}` };
    last = Number.isNaN(last) ? at : Math.max(last, at);
  }
  const sale = fields(document.sale);
  const [opensAt, closesAt] = [time(sale.opensAt), time(sale.closesAt)];
  if (last > now.getTime() && opensAt >= last)
    yield { path: ["sale", "opensAt"], message: "must be before the last performance" };
  if (closesAt <= opensAt) yield { path: ["sale", "closesAt"], message: "must be after opensAt" };
}
