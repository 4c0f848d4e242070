import { createHash } from "node:crypto";
import { asc, eq } from "drizzle-orm";
import { type Db, statement } from "@/db/client";
import type { RoomMode, RoomOrder } from "@/db/constants";
import { concerts, performances, priceTiers, sections } from "@/db/schema/catalog";
import { queues } from "@/db/schema/queue";
import { AppError, invalidRequest, notFound } from "@/lib/core/errors";
import { isId } from "@/lib/core/ids";
import { oncePerProcess } from "@/lib/core/registry";
import type { Extras, SectionExtras } from "./extras";
import { type ConcertStatus, concertStatus } from "./rules";
import { type ImportDocument, slugSchema } from "./schema";
import { countInHall, largeHallsOf } from "./seat-availability";
import { isShareable, LARGE_SEATS, SharedRead } from "./shared-read";

export type ConcertSummary = {
  id: string;
  slug: string;
  title: string;
  artist: string;
  venue: { name: string; city: string; timeZone: string };
  /** Lowest and highest price of a seat, in minor units. */
  priceFrom: number;
  priceTo: number;
  currency: string;
  saleOpensAt: Date;
  saleClosesAt: Date | null;
  firstStartsAt: Date;
  lastStartsAt: Date;
  status: ConcertStatus;
  /** The poster: a path on this site or an https address. */
  image: string | null;
};

export type ConcertDetail = ConcertSummary & {
  description: string;
  maxSeatsPerFan: number;
  holdSeconds: number;
  /** How often a hold may be extended. */
  holdExtensions: number;
  orphanSeatRule: boolean;
  refundUntilHours: number;
  tiers: { name: string; price: number }[];
  /** In the organiser's order, with what was given of the seat map. */
  sections: ({ name: string; tier: string; rows: number; seatsPerRow: number } & SectionExtras)[];
  seatMap: NonNullable<ImportDocument["seatMap"]> | null;
  /** In order of time, also those that are over. */
  performances: { id: string; startsAt: Date }[];
  waitingRoom: {
    mode: RoomMode;
    order: RoomOrder;
    opensAt: Date;
    /** Of a drawn sale: the hash of the draw's seed, public before anyone comes, and whether the draw is over. */
    draw: { seedHash: string; drawnAt: Date | null } | null;
  };
  updatedAt: Date;
};

export type PerformanceSummary = { id: string; startsAt: Date; seatsTotal: number; seatsLeft: number };

type SummaryRow = {
  id: string;
  slug: string;
  title: string;
  artist: string;
  venue_name: string;
  venue_city: string;
  time_zone: string;
  currency: string;
  sale_opens_at: Date;
  sale_closes_at: Date | null;
  extras: Extras;
  first_starts_at: Date;
  last_starts_at: Date;
  price_from: number;
  price_to: number;
};

// Grouped by concert before they meet the concert, so that a cluster answers it on every shard by itself.
const SUMMARY = `
  select c.id, c.slug, c.title, c.artist, c.venue_name, c.venue_city, c.time_zone, c.currency, c.sale_opens_at,
    c.sale_closes_at, c.extras, p.first_starts_at, p.last_starts_at, t.price_from, t.price_to
  from concerts c
  join (
    select concert_id, min(starts_at) as first_starts_at, max(starts_at) as last_starts_at,
      coalesce(
        extract(epoch from min(starts_at) filter (where starts_at > $1)),
        1e12 - extract(epoch from max(starts_at))
      )::float8 as place
    from performances group by concert_id
  ) p on p.concert_id = c.id
  join (
    select x.concert_id, min(price) as price_from, max(price) as price_to
    from sections x join price_tiers r on r.concert_id = x.concert_id and r.id = x.tier_id
    group by x.concert_id
  ) t on t.concert_id = c.id`;

const listPage = statement<SummaryRow & { place: number }>(
  "catalog_list_concerts",
  `${SUMMARY.replace("t.price_to", "t.price_to, p.place")}
   where (p.place, c.id) > ($2::float8, $3::uuid)
   order by p.place, c.id
   limit $4`,
);

const findSummary = statement<SummaryRow>("catalog_find_concert", `${SUMMARY} where c.id = $2::uuid or c.slug = $3`);

/** `at`: when the first page was asked for; the order of all pages is that of this moment. */
type Cursor = { at: number; place: number; id: string };

const NIL = "00000000-0000-0000-0000-000000000000";

const writeCursor = ({ at, place, id }: Cursor): string =>
  Buffer.from(JSON.stringify([at, place, id])).toString("base64url");

function readCursor(text: string): Cursor {
  try {
    const [at, place, id] = JSON.parse(Buffer.from(text, "base64url").toString()) as unknown[];
    if (
      Number.isSafeInteger(at) &&
      Math.abs(at as number) < 8e15 &&
      Number.isFinite(place) &&
      typeof id === "string" &&
      isId(id)
    ) {
      return { at: at as number, place: place as number, id };
    }
  } catch {
    // Not ours; said below.
  }
  throw invalidRequest([{ path: "cursor", message: "is not a cursor of this list" }]);
}

/**
 * Concerts by their first performance still to come, then the past ones, latest first. The order stays that of the
 * first page's moment. `limit` is the caller's to bound. Throws `invalid_request` for a cursor that is not ours.
 */
export async function listConcerts(
  db: Db,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): Promise<{ items: ConcertSummary[]; nextCursor: string | null }> {
  const from = cursor === undefined ? { at: Date.now(), place: -1e15, id: NIL } : readCursor(cursor);
  const rows = await listPage(db, [new Date(from.at), from.place, from.id, limit + 1]);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    items: await Promise.all(page.map((row) => toSummary(db, row))),
    nextCursor: rows.length > limit && last ? writeCursor({ at: from.at, place: last.place, id: last.id }) : null,
  };
}

async function toSummary(db: Db, row: SummaryRow): Promise<ConcertSummary> {
  const times = { saleOpensAt: row.sale_opens_at, saleClosesAt: row.sale_closes_at, lastStartsAt: row.last_starts_at };
  const now = new Date();
  const status = concertStatus({ now, ...times, soldOut: false });
  const soldOut = status === "on_sale" && !(await hasSeatsLeft(db, row.id));
  return {
    id: row.id,
    slug: row.slug,
    title: row.title,
    artist: row.artist,
    venue: { name: row.venue_name, city: row.venue_city, timeZone: row.time_zone },
    priceFrom: row.price_from,
    priceTo: row.price_to,
    currency: row.currency,
    firstStartsAt: row.first_starts_at,
    ...times,
    status: soldOut ? "sold_out" : status,
    image: row.extras.image ?? null,
  };
}

/** What is public of a draw's seed until the draw is over: SHA-256, in hex. */
export const seedHashOf = (seed: string): string => createHash("sha256").update(seed).digest("hex");

/** One concert by id or slug, or null. */
export async function findConcert(db: Db, idOrSlug: string): Promise<ConcertDetail | null> {
  const id = isId(idOrSlug) ? idOrSlug : null;
  if (id === null && !slugSchema.safeParse(idOrSlug).success) return null;
  const [row] = await findSummary(db, [new Date(), id, id === null ? idOrSlug : null]);
  if (!row) return null;
  const concertId = row.id;
  // One after the other: in a transaction there is one connection.
  const summary = await toSummary(db, row);
  const [concert] = await db.select().from(concerts).where(eq(concerts.id, concertId));
  const [room] = await db.select().from(queues).where(eq(queues.concertId, concertId));
  if (!concert || !room) return null;
  const tiers = await db
    .select({ id: priceTiers.id, name: priceTiers.name, price: priceTiers.price })
    .from(priceTiers)
    .where(eq(priceTiers.concertId, concertId))
    .orderBy(asc(priceTiers.ordinal));
  const blocks = await db
    .select()
    .from(sections)
    .where(eq(sections.concertId, concertId))
    .orderBy(asc(sections.ordinal));
  const dates = await db
    .select({ id: performances.id, startsAt: performances.startsAt })
    .from(performances)
    .where(eq(performances.concertId, concertId))
    .orderBy(asc(performances.startsAt));

  const tierNames = new Map(tiers.map((tier) => [tier.id, tier.name]));
  const extras = concert.extras as Extras;
  const sectionExtras = new Map((extras.sections ?? []).map(({ name, ...rest }) => [name, rest]));
  return {
    ...summary,
    description: concert.description,
    maxSeatsPerFan: concert.maxSeatsPerFan,
    holdSeconds: concert.holdSeconds,
    holdExtensions: concert.holdExtensions,
    orphanSeatRule: concert.orphanSeatRule,
    refundUntilHours: concert.refundUntilHours,
    tiers: tiers.map(({ name, price }) => ({ name, price })),
    sections: blocks.map(({ name, tierId, rows, seatsPerRow }) => ({
      name,
      tier: tierNames.get(tierId) as string,
      rows,
      seatsPerRow,
      ...sectionExtras.get(name),
    })),
    seatMap: extras.seatMap ?? null,
    performances: dates,
    waitingRoom: {
      mode: room.mode,
      order: room.order,
      opensAt: room.opensAt,
      draw: room.order === "draw" ? { seedHash: seedHashOf(room.drawSeed), drawnAt: room.drawnAt } : null,
    },
    updatedAt: concert.updatedAt,
  };
}

/** One concert by id or slug; throws `not_found`. */
export async function getConcert(db: Db, idOrSlug: string): Promise<ConcertDetail> {
  const concert = await findConcert(db, idOrSlug);
  if (!concert) throw notFound("concert");
  return concert;
}

const FREE = "s.sold_at is null and (s.held_until is null or s.held_until <= now())";

const countByPerformance = statement<{ id: string; starts_at: Date; seats_total: number; seats_left: number }>(
  "catalog_count_by_performance",
  // One performance after the other, and without reading a seat of those that need no count ($2).
  `select p.id, p.starts_at, n.seats_total, n.seats_left
   from performances p
   cross join lateral (
     select count(*) as seats_total, count(*) filter (where ${FREE}) as seats_left
     from seats s
     where s.concert_id = $1 and s.performance_id = p.id and p.id <> all ($2::uuid[])
   ) n
   where p.concert_id = $1 and p.starts_at > now()
   order by p.starts_at`,
);

/** A performance still to come; without counts if its large hall is in memory and has them. */
type Dated = PerformanceSummary & { isInMemory: boolean };

async function readDates(db: Db, concertId: string): Promise<Dated[]> {
  const inMemory = isShareable(db) ? largeHallsOf(concertId) : [];
  const rows = await countByPerformance(db, [concertId, inMemory]);
  return rows.map((row) => ({
    id: row.id,
    startsAt: row.starts_at,
    seatsTotal: row.seats_total,
    seatsLeft: row.seats_left,
    isInMemory: inMemory.includes(row.id),
  }));
}

/** The same with all counts. */
async function withHalls(db: Db, concertId: string, dates: Dated[]): Promise<PerformanceSummary[]> {
  const items: PerformanceSummary[] = [];
  for (const { isInMemory, ...date } of dates) {
    const counts = isInMemory ? await countInHall(db, { concertId, performanceId: date.id }).catch(nullIfGone) : date;
    // An organiser removed it since the dates were read.
    if (counts) items.push({ ...date, ...counts });
  }
  return items;
}

function nullIfGone(error: unknown): null {
  if (error instanceof AppError && error.code === "not_found") return null;
  throw error;
}

const sum = (counts: number[]): number => counts.reduce((total, count) => total + count, 0);

/** Reads that are shared, by concert; forgotten as soon as nobody waits for them. */
const shared = <T>(name: string): Map<string, SharedRead<Db, T>> => oncePerProcess(`catalog.${name}`, () => new Map());

type SharedQuestion<T> = {
  name: string;
  read: (db: Db, concertId: string) => Promise<T>;
  /** Whether it is a large hall's answer, which later askers may have too. */
  isKept: (answer: T) => boolean;
};

async function askShared<T>({ name, read, isKept }: SharedQuestion<T>, db: Db, concertId: string): Promise<T> {
  if (!isShareable(db)) return await read(db, concertId);
  const reads = shared<T>(name);
  let one = reads.get(concertId);
  if (!one) {
    one = new SharedRead<Db, T>(([first]) => read(first as Db, concertId), {
      onIdle: () => reads.delete(concertId),
      isKept,
    });
    reads.set(concertId, one);
  }
  return await one.ask(db);
}

const dates: SharedQuestion<Dated[]> = {
  name: "performances",
  read: readDates,
  isKept: (rows) =>
    rows.some(({ isInMemory }) => isInMemory) || sum(rows.map(({ seatsTotal }) => seatsTotal)) >= LARGE_SEATS,
};

/**
 * The performances still to come, with their seats. Fresh for whoever asks: one read is under way at a time, and
 * whoever comes meanwhile shares the next one. With `LARGE_SEATS` or more on all dates together the answer is at most
 * half a second old instead, and from memory. An unknown concert has none.
 */
export async function listPerformances(db: Db, concertId: string): Promise<PerformanceSummary[]> {
  if (!isId(concertId)) return [];
  return await withHalls(db, concertId, await askShared(dates, db, concertId));
}

/** Seats that are free in all performances still to come together: now, or in a large hall half a second ago. */
export async function countSeatsLeft(db: Db, concertId: string): Promise<number> {
  const items = await withHalls(db, concertId, await readDates(db, concertId));
  return sum(items.map(({ seatsLeft }) => seatsLeft));
}

type AnyFree = { found: boolean; seats: number };

const anyFree = statement<AnyFree>(
  "catalog_any_seat_left",
  `select
     exists (
       select 1 from performances p
       where p.concert_id = $1 and p.starts_at > now()
         and exists (select 1 from seats s where s.concert_id = $1 and s.performance_id = p.id and ${FREE})
     ) as found,
     (select count(*) from performances p where p.concert_id = $1 and p.starts_at > now())
       * coalesce((select sum(x.rows * x.seats_per_row) from sections x where x.concert_id = $1), 0)::int8 as seats`,
);

const anyLeft: SharedQuestion<AnyFree> = {
  name: "any-left",
  async read(db, concertId) {
    const [row] = await anyFree(db, [concertId]);
    return row as AnyFree;
  },
  isKept: ({ seats }) => seats >= LARGE_SEATS,
};

/**
 * Whether any seat is free in a performance still to come; stops at the first one that it finds. At most half a second
 * old with `LARGE_SEATS` or more.
 */
export async function hasSeatsLeft(db: Db, concertId: string): Promise<boolean> {
  return (await askShared(anyLeft, db, concertId)).found;
}
