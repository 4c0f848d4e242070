import { createHash } from "node:crypto";
import { type Db, statement } from "@/db/client";
import { notFound } from "@/lib/core/errors";
import { isId } from "@/lib/core/ids";
import { oncePerProcess } from "@/lib/core/registry";
import { type Layout, readLayout, type SeatBlock, type SeatFilter, type SeatsAnswer } from "./seat-layout";
import { isShareable, SharedRead } from "./shared-read";

/** Seats of all cached performances together; about 300 bytes each when every form of them is cached. */
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

/** One performance as this process knows it. */
class Hall {
  private layout: Layout | null = null;
  /** Monotonic, of the question behind the last answer about all sections. */
  private readAt = Number.NEGATIVE_INFINITY;
  private readonly reads = new SharedRead<Want, Layout>((wants) => this.refresh(wants));

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

  /** The layout as it was at most `maxAgeMs` ago. */
  async look(db: Db, maxAgeMs: number): Promise<Layout> {
    if (this.layout && performance.now() - this.readAt <= maxAgeMs) return this.layout;
    return await this.read({ db, section: null });
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
        makeRoom(this);
        // What was read names sections of the layout before.
        if (blocks) continue;
      }
      const taken = new Map(rows.map((row) => [row.section_id, row]));
      for (const block of blocks ?? this.layout.blocks.values()) {
        const row = taken.get(block.id);
        block.update(row?.held ?? null, row?.sold ?? null);
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

const hashOf = (text: string): string => createHash("sha1").update(text).digest("base64url").slice(0, 16);

const COMMA = Buffer.from(",");

/** The key of the letters among the answers; no filter of seats has this name. */
const STATES = "states";

/** Versions of a hall that are remembered for those who have them; they change at most once in `STATES_AGE_MS`. */
const PAST_MOST = 16;
/** A map is looked at every two seconds, so half a second more is no matter; reading a stadium is 20 ms of PostgreSQL. */
const STATES_AGE_MS = 500;

function writeAnswer({ blocks, answers }: Layout, filter: SeatFilter, section: string | null): SeatsAnswer {
  const one = section === null ? undefined : blocks.get(section);
  const asked = section === null ? [...blocks.values()] : one ? [one] : [];
  const version = one?.version ?? hashOf(asked.map((block) => block.version).join());
  const key = section === null ? filter : `${filter}/${section}`;
  const made = answers.get(key);
  if (made?.version === version) return made;
  const parts = asked.map((block) => block.items(filter)).filter((items) => items.length > 0);
  const body = Buffer.concat([
    Buffer.from(`{"version":"${version}","items":[`),
    ...parts.flatMap((items, index) => (index === 0 ? [items] : [COMMA, items])),
    Buffer.from("]}"),
  ]);
  const answer = { version, body };
  // What is not a section must not fill the memory.
  if (asked.length > 0) answers.set(key, answer);
  return answer;
}

/** What changed since the version that the asker has, if that was lately; else everything. */
function writeStates({ blocks, answers, past }: Layout, since: string | undefined): SeatsAnswer {
  const version = hashOf([...blocks.values()].map((block) => block.version).join());
  if (past.at(-1)?.version !== version) {
    for (const { version: gone } of past) answers.delete(`${STATES}/${gone}`);
    past.push({ version, blocks: new Map([...blocks].map(([name, block]) => [name, block.version])) });
    if (past.length > PAST_MOST) past.shift();
  }
  const known = since === undefined ? undefined : past.find((one) => one.version === since);
  const key = known ? `${STATES}/${known.version}` : STATES;
  const made = answers.get(key);
  if (made?.version === version) return made;
  const sections = [...blocks]
    .filter(([name, block]) => known?.blocks.get(name) !== block.version)
    .map(([name, block]) => ({ name, states: block.letters().toString("latin1") }));
  const body = Buffer.from(JSON.stringify({ version, ...(known && { since }), sections }));
  const answer = { version, body };
  answers.set(key, answer);
  return answer;
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

/** Asks a performance's hall and writes the answer. Throws `not_found` for an unknown performance. */
async function askHall(
  db: Db,
  { concertId, performanceId }: Question,
  read: (hall: Hall) => Promise<Layout>,
  write: (layout: Layout) => SeatsAnswer,
): Promise<SeatsAnswer> {
  if (!isId(concertId) || !isId(performanceId)) throw notFound("performance");
  const hall = isShareable(db) ? hallOf(concertId, performanceId) : new Hall(concertId, performanceId);
  try {
    return write(await read(hall));
  } catch (error) {
    if (hall.seatCount === 0) halls().delete(keyOf(concertId, performanceId));
    throw error;
  }
}

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
  const section = question.section === undefined ? null : question.section.normalize("NFC").trim();
  const read = (hall: Hall) => hall.read({ db, section });
  return askHall(db, question, read, (layout) => writeAnswer(layout, question.availability, section));
}

/**
 * How every seat of a performance stands, in a hundredth of the bytes: `{ version, sections: [{ name, states }] }` with
 * one letter per seat by row and number (a: available, h: held, s: sold), at most half a second old, from memory. With
 * `since`, the version of an answer of the last seconds, only the sections that changed, and `since` says so. Throws
 * `not_found`.
 */
export const readSeatStates = (
  db: Db,
  { since, ...question }: Question & { since?: string | undefined },
): Promise<SeatsAnswer> =>
  askHall(
    db,
    question,
    (hall) => hall.look(db, STATES_AGE_MS),
    (layout) => writeStates(layout, since),
  );

/**
 * A performance's sections in the organiser's order with their seats, as they stood at most `maxAgeMs` ago: for choosing
 * seats, which the hold then decides on. They change under whoever keeps them. Throws `not_found`.
 */
export async function lookAtHall(db: Db, question: Question, maxAgeMs: number): Promise<SeatBlock[]> {
  const { concertId, performanceId } = question;
  if (!isId(concertId) || !isId(performanceId)) throw notFound("performance");
  const hall = isShareable(db) ? hallOf(concertId, performanceId) : new Hall(concertId, performanceId);
  try {
    return [...(await hall.look(db, maxAgeMs)).blocks.values()];
  } catch (error) {
    if (hall.seatCount === 0) halls().delete(keyOf(concertId, performanceId));
    throw error;
  }
}

/** Drops what this process keeps of a performance's seats; the next question reads everything anew. */
export function forgetSeats(performanceId: string): void {
  const known = halls();
  for (const key of known.keys()) if (key.startsWith(`${performanceId}/`)) known.delete(key);
}
