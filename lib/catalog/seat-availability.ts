import { type Db, statement } from "@/db/client";
import { notFound } from "@/lib/core/errors";
import { isId } from "@/lib/core/ids";
import { oncePerProcess } from "@/lib/core/registry";
import { hashOf, type Layout, readLayout, type SeatBlock, type SeatFilter, type SeatsAnswer } from "./seat-layout";
import { isShareable, LARGE_AGE_MS, LARGE_SEATS, SharedRead } from "./shared-read";

/** Seats of all cached performances together; about 600 bytes each when every form of them is cached. */
const MAX_CACHED_SEATS = 200_000;

type TakenRow = { revision: string; section_id: string | null; held: Buffer | null; sold: Buffer | null };

/**
 * Which seats are taken, by the database's clock, beside the concert's revision. Only taken seats travel, eight bytes
 * each (row and number). No row: no such performance. Two texts, because one that asks "these sections or all" gets a
 * plan that suits neither.
 */
const takenSeats = (name: string, andSection: string) =>
  statement<TakenRow>(
    name,
    `select c.updated_at::text as revision, t.section_id, t.held, t.sold
     from concerts c
     join performances p on p.concert_id = c.id and p.id = $2
     left join (
       select s.section_id,
         string_agg(int8send(("row"::int8 << 32) | number), '') filter (where sold_at is null) as held,
         string_agg(int8send(("row"::int8 << 32) | number), '') filter (where sold_at is not null) as sold
       from seats s
       where s.concert_id = $1 and s.performance_id = $2 ${andSection}
         and (s.sold_at is not null or s.held_until > now())
       group by s.section_id
     ) t on true
     where c.id = $1`,
  );

const takenOfAll = takenSeats("catalog_taken_seats", "");
const takenOfSections = takenSeats("catalog_taken_seats_of_sections", "and s.section_id = any($3::uuid[])");

/** `section`: one section's name, or null for all. */
type Want = { db: Db; section: string | null };

/** A hall that is asked for at this age is read behind, so that nobody has to wait for it at half a second. */
const REFRESH_MS = 400;

/** One performance as this process knows it. */
class Hall {
  private layout: Layout | null = null;
  /** Monotonic, of the question behind the last answer about all sections. */
  private readAt = Number.NEGATIVE_INFINITY;
  private readonly reads = new SharedRead<Want, Layout>((wants) => this.refresh(wants));
  /** The read of all sections that was asked for last, and since when it is waited for. */
  private looking: { from: number; layout: Promise<Layout> } | null = null;

  constructor(
    private readonly concertId: string,
    private readonly performanceId: string,
  ) {}

  get seatCount(): number {
    return this.layout?.seatCount ?? 0;
  }

  /** The layout with the wanted section brought up to now, or to later. */
  async read(want: Want): Promise<Layout> {
    return isShareable(want.db) ? await this.reads.ask(want) : await this.refresh([want]);
  }

  /** The layout as it was at most `maxAgeMs` ago; asked for often, it is from memory each time. */
  async look(db: Db, maxAgeMs: number): Promise<Layout> {
    const age = performance.now() - this.readAt;
    if (!this.layout || age > maxAgeMs) return await this.lookAnew(db, maxAgeMs);
    if (age > REFRESH_MS) this.lookAnew(db, maxAgeMs).catch(() => {});
    return this.layout;
  }

  /** The layout of this version, whatever its age, or null. */
  recallLayout(version: string): Layout | null {
    return this.layout?.version === version ? this.layout : null;
  }

  private lookAnew(db: Db, maxAgeMs: number): Promise<Layout> {
    const now = performance.now();
    if (this.looking && now - this.looking.from <= maxAgeMs) return this.looking.layout;
    const looking = { from: now, layout: this.read({ db, section: null }) };
    const isOver = () => {
      if (this.looking === looking) this.looking = null;
    };
    looking.layout.then(isOver, isOver);
    this.looking = looking;
    return looking.layout;
  }

  private async refresh(wants: Want[]): Promise<Layout> {
    const [{ db }] = wants as [Want];
    const { concertId, performanceId } = this;
    for (;;) {
      const askedAt = performance.now();
      const blocks = this.layout && wantedBlocks(this.layout, wants);
      const rows = blocks
        ? await takenOfSections(db, [concertId, performanceId, blocks.map(({ id }) => id)])
        : await takenOfAll(db, [concertId, performanceId]);
      const revision = rows[0]?.revision;
      if (revision === undefined) throw notFound("performance");
      if (this.layout?.revision !== revision) {
        this.layout = await readLayout(db, { concertId, performanceId, revision });
        // It knows of nobody who has a seat.
        this.readAt = Number.NEGATIVE_INFINITY;
        makeRoom(this);
        // What was read names sections of the layout before.
        if (blocks) continue;
      }
      const taken = new Map(rows.map((row) => [row.section_id, row]));
      for (const block of blocks ?? this.layout.blocks.values()) {
        const row = taken.get(block.id);
        if (block.update(row?.held ?? null, row?.sold ?? null)) this.layout.statesVersion = null;
      }
      if (!blocks) this.readAt = askedAt;
      return this.layout;
    }
  }
}

/** The blocks that the askers want, or null for all. */
function wantedBlocks({ blocks }: Layout, wants: Want[]): SeatBlock[] | null {
  const names = new Set(wants.map(({ section }) => section));
  if (names.has(null)) return null;
  return [...names].flatMap((name) => blocks.get(name as string) ?? []);
}

const COMMA = Buffer.from(",");

/** The keys of other answers than lists of seats; no filter of seats has these names. */
const STATES = "states";
const LAYOUT = "layout";

/** Versions of a hall that are remembered for those who have them; they change at most every `REFRESH_MS`. */
const PAST_MOST = 16;

/** What is made for `key` and `version`, made now unless it is the last one that was. */
function answerOnce({ answers }: Layout, key: string, version: string, write: () => Buffer[]): SeatsAnswer {
  const made = answers.get(key);
  if (made?.version === version) return made;
  const answer = { version, body: Buffer.concat(write()) };
  answers.set(key, answer);
  return answer;
}

/** `head`, then the parts with commas between them, then the brackets that `head` opened. */
function list(head: string, parts: Buffer[]): Buffer[] {
  const between = parts.flatMap((part, index) => (index === 0 ? [part] : [COMMA, part]));
  return [Buffer.from(head), ...between, Buffer.from("]}")];
}

function statesVersion(layout: Layout): string {
  layout.statesVersion ??= hashOf(layout.version, [...layout.blocks.values()].map(({ version }) => version).join());
  return layout.statesVersion;
}

const nothing = (version: string): SeatsAnswer => ({
  version,
  body: Buffer.concat(list(`{"version":"${version}","items":[`, [])),
});

function writeSeats(layout: Layout, filter: SeatFilter, section: string | null): SeatsAnswer {
  const { blocks } = layout;
  const block = section === null ? null : blocks.get(section);
  // What is not a section must not fill the memory.
  if (block === undefined) return nothing(hashOf(""));
  const version = block ? block.version : statesVersion(layout);
  return answerOnce(layout, block ? `${filter}/${section}` : filter, version, () => {
    const parts = (block ? [block] : [...blocks.values()]).map((one) => one.itemsJson(filter));
    return list(
      `{"version":"${version}","items":[`,
      parts.filter(({ length }) => length > 0),
    );
  });
}

function writeLayout(layout: Layout, section: string): SeatsAnswer {
  const { version, blocks } = layout;
  const block = blocks.get(section);
  if (!block) return nothing(version);
  return answerOnce(layout, `${LAYOUT}/${section}`, version, () =>
    list(`{"version":"${version}","items":[`, [block.layoutJson()]),
  );
}

/** What changed since the version that the asker has, if that was lately; else everything. */
function writeStates(layout: Layout, since: string | undefined): SeatsAnswer {
  const { blocks, answers, past } = layout;
  const version = statesVersion(layout);
  if (past.at(-1)?.version !== version) {
    for (const { version: gone } of past) answers.delete(`${STATES}/${gone}`);
    past.push({ version, blocks: new Map([...blocks].map(([name, block]) => [name, block.version])) });
    if (past.length > PAST_MOST) past.shift();
  }
  const known = since === undefined ? undefined : past.find((one) => one.version === since);
  return answerOnce(layout, known ? `${STATES}/${known.version}` : STATES, version, () => {
    const changed = [...blocks.values()].filter(({ name, version }) => known?.blocks.get(name) !== version);
    const from = known ? `"since":"${known.version}",` : "";
    return list(
      `{"version":"${version}",${from}"layout":"${layout.version}","sections":[`,
      changed.map((block) => block.statesJson()),
    );
  });
}

/** Halls by performance, the most recently asked last. */
const halls = (): Map<string, Hall> => oncePerProcess("catalog.halls", () => new Map());

const keyOf = (concertId: string, performanceId: string): string => `${performanceId}/${concertId}`;

function hallOf(concertId: string, performanceId: string): Hall {
  const known = halls();
  const key = keyOf(concertId, performanceId);
  const hall = known.get(key) ?? new Hall(concertId, performanceId);
  known.delete(key);
  known.set(key, hall);
  return hall;
}

/** Lets go of the halls that were not asked for longest. */
function makeRoom(newest: Hall): void {
  const known = halls();
  let seats = 0;
  for (const hall of known.values()) seats += hall.seatCount;
  for (const [key, hall] of known) {
    if (seats <= MAX_CACHED_SEATS) return;
    if (hall === newest) continue;
    seats -= hall.seatCount;
    known.delete(key);
  }
}

type Question = { concertId: string; performanceId: string };

/** Asks a performance's hall. Throws `not_found` for an unknown performance. */
async function askHall<T>(
  db: Db,
  { concertId, performanceId }: Question,
  ask: (hall: Hall) => Promise<T> | T,
): Promise<T> {
  if (!isId(concertId) || !isId(performanceId)) throw notFound("performance");
  const hall = isShareable(db) ? hallOf(concertId, performanceId) : new Hall(concertId, performanceId);
  try {
    return await ask(hall);
  } catch (error) {
    if (hall.seatCount === 0) halls().delete(keyOf(concertId, performanceId));
    throw error;
  }
}

const sectionName = (text: string): string => text.normalize("NFC").trim();

/**
 * The seats of a performance as the contract answers them, in the order of sections, rows and numbers. `available` is
 * free by the database's clock. The answer is never older than the question: one read per performance is under way at a
 * time and whoever comes meanwhile shares the next one. A section that does not exist has no seats. Throws `not_found`
 * for an unknown performance.
 */
export async function readSeats(
  db: Db,
  question: Question & { availability: SeatFilter; section?: string | undefined },
): Promise<SeatsAnswer> {
  const section = question.section === undefined ? null : sectionName(question.section);
  return await askHall(db, question, async (hall) =>
    writeSeats(await hall.read({ db, section }), question.availability, section),
  );
}

/**
 * A section's seats without their availability, `{ version, items }`, as they are in this version of the hall's layout
 * (`readSeatStates` names the present one). A version stands for what it says, so what is in memory is answered without
 * asking the database. A section that does not exist has no seats. Throws `not_found` for an unknown performance and for
 * a version that is not the present one.
 */
export async function readSeatLayout(
  db: Db,
  { version, section, ...question }: Question & { version: string; section: string },
): Promise<SeatsAnswer> {
  return await askHall(db, question, async (hall) => {
    const layout = hall.recallLayout(version) ?? (await hall.look(db, LARGE_AGE_MS));
    if (layout.version !== version) throw notFound("layout");
    return writeLayout(layout, sectionName(section));
  });
}

/**
 * How every seat of a performance stands, in a hundredth of the bytes: `{ version, layout, sections: [{ name, states }] }`
 * with one letter per seat by row and number (a: available, h: held, s: sold), at most half a second old, from memory;
 * `layout` is the version of what `readSeatLayout` answers. With `since`, a version of the last seconds, only the
 * sections that changed, and `since` again in the answer. Throws `not_found` for an unknown performance.
 */
export const readSeatStates = (
  db: Db,
  { since, ...question }: Question & { since?: string | undefined },
): Promise<SeatsAnswer> => askHall(db, question, async (hall) => writeStates(await hall.look(db, LARGE_AGE_MS), since));

/**
 * A performance's sections in the organiser's order with their seats, as they stood at most `maxAgeMs` ago: for choosing
 * seats, which the hold then decides on. They change under whoever keeps them. Throws `not_found`.
 */
export const lookAtHall = (db: Db, question: Question, maxAgeMs: number): Promise<SeatBlock[]> =>
  askHall(db, question, async (hall) => [...(await hall.look(db, maxAgeMs)).blocks.values()]);

/** The performances of a concert whose large hall this process has in memory. */
export function largeHallsOf(concertId: string): string[] {
  return [...halls()]
    .filter(([key, { seatCount }]) => seatCount >= LARGE_SEATS && key.endsWith(`/${concertId}`))
    .map(([key]) => key.slice(0, key.indexOf("/")));
}

/** Seats of a performance and the free ones, at most half a second old, from memory. Throws `not_found`. */
export const countInHall = (db: Db, question: Question): Promise<{ seatsTotal: number; seatsLeft: number }> =>
  askHall(db, question, async (hall) => {
    const { seatCount, blocks } = await hall.look(db, LARGE_AGE_MS);
    let seatsLeft = 0;
    for (const block of blocks.values()) seatsLeft += block.seatsLeft;
    return { seatsTotal: seatCount, seatsLeft };
  });

/** Drops what this process keeps of a performance's seats; the next question reads everything anew. */
export function forgetSeats(performanceId: string): void {
  const known = halls();
  for (const key of known.keys()) if (key.startsWith(`${performanceId}/`)) known.delete(key);
}
