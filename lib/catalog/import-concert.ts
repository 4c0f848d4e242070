import { randomBytes } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { and, asc, eq, inArray, sql } from "drizzle-orm";
import { type Db, statement, type Tx } from "@/db/client";
import { isRetryable } from "@/db/errors";
import { concerts, performances, priceTiers, seats, sections } from "@/db/schema/catalog";
import { queueChanges, queues } from "@/db/schema/queue";
import { AppError, type InputProblem } from "@/lib/core/errors";
import { newId } from "@/lib/core/ids";
import { type Extras, extrasOf } from "./extras";
import { insertSeats, type SeatBlock } from "./insert-seats";
import type { ImportDocument } from "./schema";

export type ImportedConcert = {
  id: string;
  slug: string;
  created: boolean;
  /** In order of time; also those that are over. */
  performances: { id: string; startsAt: Date }[];
  /** Seats of all performances together. */
  seats: number;
};

type Options = {
  /** Told how many of the new seats are written. */
  onProgress?: (done: number, total: number) => void;
  /** The organiser's id, for the waiting room's log; null from the command line. */
  by?: string | null;
};

const ATTEMPTS = 4;

/**
 * Puts a concert on sale, all or nothing. A slug that is known already updates what may still change: texts, the sale's
 * times, limits, prices of seats that nobody has, more sections and performances. What may not change (seats that
 * exist, performances that fans have reserved, a draw that was held) is refused with `conflict` and the list of
 * problems. The same document again changes nothing, and two imports at once come one after the other.
 *
 * A waiting room's settings follow the document only where the document itself changed since its last import: what an
 * organiser set live stays. Performances that are over are history: the document need not name them any more.
 */
export async function importConcert(db: Db, document: ImportDocument, options: Options = {}): Promise<ImportedConcert> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await db.transaction((tx) => importInto(tx, document, options));
    } catch (error) {
      // A price change can meet a hold that takes the same seats in another order.
      if (attempt === ATTEMPTS || !isRetryable(error) || !("$client" in db)) throw error;
    }
  }
}

async function importInto(tx: Tx, document: ImportDocument, options: Options): Promise<ImportedConcert> {
  const columns = concertColumns(document);
  // Whoever imports the same slug meanwhile waits here for the other's commit.
  const [inserted] = await tx
    .insert(concerts)
    .values({ id: newId(), slug: document.slug, ...columns })
    .onConflictDoNothing({ target: concerts.slug })
    .returning({ id: concerts.id });
  const id = inserted?.id ?? (await updateConcert(tx, document, options));
  if (inserted) await fillConcert(tx, id, document, options);

  const kept = await tx
    .select({ id: performances.id, startsAt: performances.startsAt })
    .from(performances)
    .where(eq(performances.concertId, id))
    .orderBy(asc(performances.startsAt));
  return {
    id,
    slug: document.slug,
    created: inserted !== undefined,
    performances: kept,
    seats: await tx.$count(seats, eq(seats.concertId, id)),
  };
}

const concertColumns = (document: ImportDocument) => ({
  title: document.title,
  artist: document.artist,
  description: document.description,
  venueName: document.venue.name,
  venueCity: document.venue.city,
  timeZone: document.venue.timeZone,
  currency: document.currency,
  ...saleTimes(document),
  maxSeatsPerFan: document.maxSeatsPerFan,
  holdSeconds: document.holdSeconds,
  holdExtensions: document.holdExtensions,
  orphanSeatRule: document.orphanSeatRule,
  refundUntilHours: document.refundUntilHours,
  extras: extrasOf(document),
});

const saleTimes = ({ sale }: ImportDocument) => ({
  saleOpensAt: new Date(sale.opensAt),
  saleClosesAt: sale.closesAt === null ? null : new Date(sale.closesAt),
});

async function fillConcert(tx: Tx, concertId: string, document: ImportDocument, options: Options): Promise<void> {
  const { saleOpensAt, saleClosesAt } = saleTimes(document);
  const tiers = await insertTiers(
    tx,
    concertId,
    document.tiers.map((tier, ordinal) => ({ ...tier, ordinal })),
  );
  const blocks = await insertSections(tx, concertId, document.sections.map(withOrdinal), tiers);
  const dates = await insertPerformances(
    tx,
    concertId,
    document.performances.map(({ startsAt }) => new Date(startsAt)),
  );
  await tx.insert(queues).values({
    concertId,
    ...document.waitingRoom,
    opensAt: saleOpensAt,
    closesAt: saleClosesAt,
    drawSeed: randomBytes(32).toString("hex"),
  });
  await logRoom(tx, concertId, { before: {}, after: { ...document.waitingRoom } }, options);
  await insertSeats(tx, concertId, pairs(dates, blocks), options.onProgress);
}

type Tier = { id: string; price: number };
type Section = ImportDocument["sections"][number] & { ordinal: number };
type Block = { sectionId: string; rows: number; seatsPerRow: number; price: number };

const withOrdinal = <T>(item: T, ordinal: number): T & { ordinal: number } => ({ ...item, ordinal });

const pairs = (performanceIds: string[], blocks: Block[]): SeatBlock[] =>
  performanceIds.flatMap((performanceId) => blocks.map((block) => ({ ...block, performanceId })));

async function insertTiers(
  tx: Tx,
  concertId: string,
  added: { name: string; price: number; ordinal: number }[],
): Promise<Map<string, Tier>> {
  const rows = added.map((tier) => ({ concertId, id: newId(), ...tier }));
  if (rows.length > 0) await tx.insert(priceTiers).values(rows);
  return new Map(rows.map(({ name, id, price }) => [name, { id, price }]));
}

async function insertSections(tx: Tx, concertId: string, added: Section[], tiers: Map<string, Tier>): Promise<Block[]> {
  const blocks: Block[] = [];
  const values = added.map(({ name, tier, rows, seatsPerRow, ordinal }) => {
    const { id: tierId, price } = tiers.get(tier) as Tier;
    const id = newId();
    blocks.push({ sectionId: id, rows, seatsPerRow, price });
    return { concertId, id, tierId, name, ordinal, rows, seatsPerRow };
  });
  if (values.length > 0) await tx.insert(sections).values(values);
  return blocks;
}

async function insertPerformances(tx: Tx, concertId: string, added: Date[]): Promise<string[]> {
  const rows = added.map((startsAt) => ({ concertId, id: newId(), startsAt }));
  if (rows.length > 0) await tx.insert(performances).values(rows);
  return rows.map(({ id }) => id);
}

/** What is in the database under the document's slug, locked against other imports and the room's ticker. */
async function loadConcert(tx: Tx, slug: string) {
  const [concert] = await tx.select().from(concerts).where(eq(concerts.slug, slug)).for("update");
  if (!concert) throw new Error(`Concert ${slug} went away during its import.`);
  const ofConcert = { concertId: concert.id };
  const [room] = await tx.select().from(queues).where(eq(queues.concertId, concert.id)).for("update");
  if (!room) throw new Error(`Concert ${slug} has no waiting room.`);
  const tiers = await tx.select().from(priceTiers).where(eq(priceTiers.concertId, ofConcert.concertId));
  const blocks = await tx.select().from(sections).where(eq(sections.concertId, concert.id));
  const dates = await tx
    .select({
      id: performances.id,
      startsAt: performances.startsAt,
      over: sql<boolean>`${performances.startsAt} <= now()`,
    })
    .from(performances)
    .where(eq(performances.concertId, concert.id));
  return { concert, room, tiers, sections: blocks, performances: dates };
}

type Loaded = Awaited<ReturnType<typeof loadConcert>>;

async function updateConcert(tx: Tx, document: ImportDocument, options: Options): Promise<string> {
  const loaded = await loadConcert(tx, document.slug);
  const { concert } = loaded;
  const removed = removedPerformances(loaded, document);
  const problems = [
    ...sectionProblems(loaded, document),
    ...(await removalProblems(tx, concert.id, removed)),
    ...(await roomProblems(tx, loaded, document)),
  ];
  if (problems.length > 0) {
    throw new AppError("conflict", `Concert ${document.slug} cannot be changed like this.`, { errors: problems });
  }

  const columns = concertColumns(document);
  const current = Object.fromEntries(Object.keys(columns).map((key) => [key, concert[key as keyof typeof columns]]));
  const changes = [
    !isDeepStrictEqual(current, columns),
    await updateTiers(tx, loaded, document),
    await updateSections(tx, loaded, document, options, removed),
    await updateRoom(tx, loaded, document, options),
    await alignPrices(tx, concert.id),
  ];
  if (changes.includes(true)) {
    // Strictly later each time: whoever keeps a copy of the concert compares this.
    const updatedAt = sql`greatest(now(), ${concerts.updatedAt} + interval '1 microsecond')`;
    await tx
      .update(concerts)
      .set({ ...columns, updatedAt })
      .where(eq(concerts.id, concert.id));
  }
  return concert.id;
}

function* sectionProblems({ sections: existing, tiers }: Loaded, document: ImportDocument): Generator<InputProblem> {
  const wanted = new Map(document.sections.map((section, index) => [section.name, { ...section, index }]));
  const tierNames = new Map(tiers.map(({ id, name }) => [id, name]));
  for (const { name, rows, seatsPerRow, tierId } of existing) {
    const section = wanted.get(name);
    if (!section) {
      yield { path: "sections", message: `section "${name}" has seats and cannot be removed` };
      continue;
    }
    const was = { rows, seatsPerRow, tier: tierNames.get(tierId) };
    for (const field of ["rows", "seatsPerRow", "tier"] as const) {
      if (section[field] === was[field]) continue;
      const message = `is ${was[field]} and cannot change: the section has seats`;
      yield { path: `sections.${section.index}.${field}`, message };
    }
  }
}

function removedPerformances({ performances: existing }: Loaded, document: ImportDocument) {
  const wanted = new Set(document.performances.map(({ startsAt }) => Date.parse(startsAt)));
  return existing.filter(({ startsAt, over }) => !over && !wanted.has(startsAt.getTime()));
}

/** Locks the seats first, so that a hold under way either shows as a reservation or finds the seats gone. */
const lockSeats = statement(
  "catalog_lock_performance_seats",
  "select 1 from seats where concert_id = $1 and performance_id = $2 order by id for update",
);

const anyReservation = statement<{ found: boolean }>(
  "catalog_performance_has_reservations",
  "select exists (select 1 from reservations where concert_id = $1 and performance_id = $2) as found",
);

async function removalProblems(
  tx: Tx,
  concertId: string,
  removed: { id: string; startsAt: Date }[],
): Promise<InputProblem[]> {
  const problems: InputProblem[] = [];
  for (const { id, startsAt } of removed) {
    await lockSeats(tx, [concertId, id]);
    const [answer] = await anyReservation(tx, [concertId, id]);
    if (!answer?.found) continue;
    const message = `the performance at ${startsAt.toISOString()} has reservations and cannot be removed or moved`;
    problems.push({ path: "performances", message });
  }
  return problems;
}

const anyEntry = statement<{ found: boolean }>(
  "catalog_room_has_entries",
  // Entries of an ended line are cleared away; its numbers stay given.
  `select last_number > 0 or exists (select 1 from queue_entries where concert_id = $1) as found
   from queues where concert_id = $1`,
);

/** The settings that the document itself changed since it was last imported. */
function roomChanges({ concert, room }: Loaded, document: ImportDocument): Partial<ImportDocument["waitingRoom"]> {
  const before = (concert.extras as Extras).waitingRoom ?? room;
  return Object.fromEntries(
    Object.entries(document.waitingRoom).filter(([key, value]) => before[key as keyof typeof before] !== value),
  );
}

async function roomProblems(tx: Tx, loaded: Loaded, document: ImportDocument): Promise<InputProblem[]> {
  const { concert, room } = loaded;
  const problems: InputProblem[] = [];
  if (roomChanges(loaded, document).order) {
    const [answer] = await anyEntry(tx, [concert.id]);
    if (answer?.found) {
      const message = `is ${room.order} and cannot change: fans are or were in line`;
      problems.push({ path: "waitingRoom.order", message });
    }
  }
  if ((room.lobbyClosedAt ?? room.drawnAt) && room.opensAt.getTime() !== saleTimes(document).saleOpensAt.getTime()) {
    problems.push({ path: "sale.opensAt", message: "cannot change: the draw was held" });
  }
  return problems;
}

type Values = Record<string, unknown>;

/** What an import makes of a waiting room stands in the room's log beside what organisers change live. */
async function logRoom(tx: Tx, concertId: string, what: { before: Values; after: Values }, options: Options) {
  await tx.insert(queueChanges).values({ concertId, id: newId(), userId: options.by ?? null, kind: "import", ...what });
}

async function updateRoom(tx: Tx, loaded: Loaded, document: ImportDocument, options: Options): Promise<boolean> {
  const { concert, room } = loaded;
  const { saleOpensAt, saleClosesAt } = saleTimes(document);
  const wanted = { ...roomChanges(loaded, document), opensAt: saleOpensAt, closesAt: saleClosesAt };
  const current = Object.fromEntries(Object.keys(wanted).map((key) => [key, room[key as keyof typeof room]]));
  if (isDeepStrictEqual(current, wanted)) return false;
  await tx
    .update(queues)
    .set({
      ...wanted,
      ...("mode" in wanted ? { drainingSince: null, drainedAt: null } : {}),
      revision: sql`${queues.revision} + 1`,
    })
    .where(eq(queues.concertId, concert.id));
  const keys = Object.keys(wanted).filter(
    (key) => !isDeepStrictEqual(current[key], wanted[key as keyof typeof wanted]),
  );
  const only = (values: Values) => Object.fromEntries(keys.map((key) => [key, values[key]]));
  await logRoom(tx, concert.id, { before: only(current), after: only(wanted) }, options);
  return true;
}

async function updateTiers(tx: Tx, { concert, tiers: existing }: Loaded, document: ImportDocument): Promise<boolean> {
  const byName = new Map(existing.map((tier) => [tier.name, tier]));
  const wanted = document.tiers.map(withOrdinal);
  const added = wanted.filter(({ name }) => !byName.has(name));
  await insertTiers(tx, concert.id, added);
  let changed = added.length > 0;
  for (const { name, price, ordinal } of wanted) {
    const tier = byName.get(name);
    byName.delete(name);
    if (!tier || (tier.price === price && tier.ordinal === ordinal)) continue;
    await tx
      .update(priceTiers)
      .set({ price, ordinal })
      .where(and(eq(priceTiers.concertId, concert.id), eq(priceTiers.id, tier.id)));
    changed = true;
  }
  // A section keeps its tier and names it, so what the document no longer names is in no section.
  const unnamed = [...byName.values()].map(({ id }) => id);
  if (unnamed.length === 0) return changed;
  await tx.delete(priceTiers).where(and(eq(priceTiers.concertId, concert.id), inArray(priceTiers.id, unnamed)));
  return true;
}

/** Brings sections and performances up to the document; every new pair of them gets its seats. */
async function updateSections(
  tx: Tx,
  { concert, sections: existing, performances: dates }: Loaded,
  document: ImportDocument,
  options: Options,
  removed: { id: string }[],
): Promise<boolean> {
  const tierRows = await tx.select().from(priceTiers).where(eq(priceTiers.concertId, concert.id));
  const tiers = new Map(tierRows.map(({ name, id, price }) => [name, { id, price }]));
  const prices = new Map(tierRows.map(({ id, price }) => [id, price]));

  const gone = removed.map(({ id }) => id);
  if (gone.length > 0) {
    await tx.delete(seats).where(and(eq(seats.concertId, concert.id), inArray(seats.performanceId, gone)));
    await tx.delete(performances).where(and(eq(performances.concertId, concert.id), inArray(performances.id, gone)));
  }

  const byName = new Map(existing.map((section) => [section.name, section]));
  const wanted = document.sections.map(withOrdinal);
  let moved = false;
  for (const { name, ordinal } of wanted) {
    const section = byName.get(name);
    if (!section || section.ordinal === ordinal) continue;
    await tx
      .update(sections)
      .set({ ordinal })
      .where(and(eq(sections.concertId, concert.id), eq(sections.id, section.id)));
    moved = true;
  }
  const addedSections = wanted.filter(({ name }) => !byName.has(name));
  const newBlocks = await insertSections(tx, concert.id, addedSections, tiers);
  const oldBlocks = existing.map(({ id, rows, seatsPerRow, tierId }) => ({
    sectionId: id,
    rows,
    seatsPerRow,
    price: prices.get(tierId) as number,
  }));

  const known = new Set(dates.map(({ startsAt }) => startsAt.getTime()));
  const addedDates = document.performances.map(({ startsAt }) => new Date(startsAt)).filter((at) => !known.has(+at));
  const newDates = await insertPerformances(tx, concert.id, addedDates);
  const oldDates = dates.filter(({ id, over }) => !over && !gone.includes(id)).map(({ id }) => id);

  const missing = [...pairs(oldDates, newBlocks), ...pairs(newDates, [...oldBlocks, ...newBlocks])];
  await insertSeats(tx, concert.id, missing, options.onProgress);
  return moved || missing.length > 0 || gone.length > 0;
}

/** A seat that somebody has keeps the price it was promised at; it follows its tier at the first import after. */
const alignSeatPrices = statement<{ id: string }>(
  "catalog_align_prices",
  `with stale as (
     select s.id, t.price
     from seats s
     join sections x on x.concert_id = s.concert_id and x.id = s.section_id
     join price_tiers t on t.concert_id = x.concert_id and t.id = x.tier_id
     where s.concert_id = $1 and s.price <> t.price
       and s.sold_at is null and (s.held_until is null or s.held_until <= now())
     order by s.id
     for update of s
   )
   update seats s set price = stale.price from stale where s.concert_id = $1 and s.id = stale.id
   returning s.id`,
);

async function alignPrices(tx: Tx, concertId: string): Promise<boolean> {
  return (await alignSeatPrices(tx, [concertId])).length > 0;
}
