import { createHash } from "node:crypto";
import { type Db, statement } from "@/db/client";

/** How a seat stands, as the letter that seat maps are told. */
const AVAILABLE = 97;
const HELD = 104;
const SOLD = 115;

const LONGEST_END = Buffer.from(',"availability":"available"},');
/** What follows a seat's price. */
const ENDS: Record<number, Buffer> = {
  [AVAILABLE]: LONGEST_END,
  [HELD]: Buffer.from(',"availability":"held"},'),
  [SOLD]: Buffer.from(',"availability":"sold"},'),
};
const PLAIN_END = Buffer.from("},");

export type SeatFilter = "available" | "all";

export type SeatsAnswer = {
  /** Short; differs whenever the seats asked for differ. The same in every process. */
  version: string;
  /** `{ version, … }` as JSON, UTF-8: made once per version, so do not change it. */
  body: Buffer<ArrayBuffer>;
};

/** A performance's seats by section, and the answers made of them. */
export type Layout = {
  /** Changes with every change of the concert. */
  revision: string;
  /** Of what does not change while seats are sold: ids, rows, numbers, tiers, prices. The same in every process. */
  version: string;
  seatCount: number;
  /** By name, in the organiser's order. */
  blocks: Map<string, SeatBlock>;
  /** Of the layout and how every seat stands; null when that has changed since. */
  statesVersion: string | null;
  /** The last answer of each kind. */
  answers: Map<string, SeatsAnswer>;
  /** Versions of the whole hall and of each section at that time, the newest last. */
  past: { version: string; blocks: Map<string, string> }[];
};

/** A short name for what the texts and bytes say. */
export function hashOf(...parts: (string | Uint8Array)[]): string {
  const hash = createHash("sha1");
  for (const part of parts) hash.update(part);
  return hash.digest("base64url").slice(0, 16);
}

const layoutBlocks = statement<{
  id: string;
  name: string;
  tier: string;
  rows: number;
  seats_per_row: number;
  ids: string;
  prices: string;
}>(
  "catalog_seat_layout",
  `select x.id, x.name, t.name as tier, x.rows, x.seats_per_row, s.ids, s.prices
   from (
     select section_id, string_agg(id::text, ',' order by "row", number) as ids,
       string_agg(price::text, ',' order by "row", number) as prices
     from seats where concert_id = $1 and performance_id = $2
     group by section_id
   ) s
   join sections x on x.concert_id = $1 and x.id = s.section_id
   join price_tiers t on t.concert_id = $1 and t.id = x.tier_id
   order by x.ordinal`,
);

/** Reads the seats of a performance. `revision` must have been read before, so that it is never newer than the seats. */
export async function readLayout(
  db: Db,
  { concertId, performanceId, revision }: { concertId: string; performanceId: string; revision: string },
): Promise<Layout> {
  const rows = await layoutBlocks(db, [concertId, performanceId]);
  const blocks = new Map(rows.map((row) => [row.name, new SeatBlock(row)]));
  return {
    revision,
    version: hashOf([...blocks.values()].map(({ layoutVersion }) => layoutVersion).join()),
    seatCount: rows.reduce((sum, row) => sum + row.rows * row.seats_per_row, 0),
    blocks,
    statesVersion: null,
    answers: new Map(),
    past: [],
  };
}

/** One section of a performance: its seats, who has them, and the JSON of both, made once per change. */
export class SeatBlock {
  readonly id: string;
  readonly name: string;
  readonly tier: string;
  readonly rows: number;
  readonly seatsPerRow: number;
  /** Of its first seat; all of a section cost the same unless somebody was promised an older price. */
  readonly price: number;
  /** Of everything but how the seats stand. */
  readonly layoutVersion: string;
  private readonly ids: string[];
  private readonly prices: string[];
  /** One letter per seat, row by row, and as many to write the next ones into. */
  private letters: Buffer;
  private spare: Buffer;
  private available: number;
  private seats: { json: Buffer; ends: Uint32Array } | null = null;
  private states: Buffer | null = null;
  private items = new Map<SeatFilter, Buffer>();
  version: string;

  constructor(block: {
    id: string;
    name: string;
    tier: string;
    rows: number;
    seats_per_row: number;
    ids: string;
    prices: string;
  }) {
    this.id = block.id;
    this.name = block.name;
    this.tier = block.tier;
    this.rows = block.rows;
    this.seatsPerRow = block.seats_per_row;
    this.ids = block.ids.split(",");
    this.prices = block.prices.split(",");
    this.price = Number(this.prices[0]);
    const { id, name, tier, rows, seats_per_row, ids, prices } = block;
    this.layoutVersion = hashOf(JSON.stringify([id, name, tier, rows, seats_per_row]), ids, prices);
    this.available = this.ids.length;
    this.letters = Buffer.alloc(this.available, AVAILABLE);
    this.spare = Buffer.alloc(this.available);
    this.version = hashOf(this.layoutVersion, this.letters);
  }

  /** Seats that nobody has. */
  get seatsLeft(): number {
    return this.available;
  }

  /**
   * Takes over which seats are held and sold: row and number of each, four bytes both, or null for none. Answers
   * whether that changed anything.
   */
  update(held: Buffer | null, sold: Buffer | null): boolean {
    const { spare } = this;
    spare.fill(AVAILABLE);
    this.mark(held, HELD);
    this.mark(sold, SOLD);
    if (spare.equals(this.letters)) return false;
    this.spare = this.letters;
    this.letters = spare;
    this.available = spare.length - ((held?.length ?? 0) + (sold?.length ?? 0)) / 8;
    this.version = hashOf(this.layoutVersion, spare);
    this.states = null;
    this.items.clear();
    return true;
  }

  /** Seats are counted from 0, row by row. */
  idOf(index: number): string {
    return this.ids[index] as string;
  }

  isAvailable(index: number): boolean {
    return this.letters[index] === AVAILABLE;
  }

  /** The seats with their availability as JSON objects with commas between them, without brackets. */
  itemsJson(filter: SeatFilter): Buffer {
    let made = this.items.get(filter);
    if (!made) {
      made = this.join((index) => {
        const letter = this.letters[index] as number;
        return filter === "all" || letter === AVAILABLE ? (ENDS[letter] as Buffer) : null;
      });
      this.items.set(filter, made);
    }
    return made;
  }

  /** The seats without their availability, in the same form. */
  layoutJson(): Buffer {
    return this.join(() => PLAIN_END);
  }

  /** The section as a JSON object: its name, and one letter per seat, row by row. */
  statesJson(): Buffer {
    this.states ??= Buffer.concat([
      Buffer.from(`{"name":${JSON.stringify(this.name)},"states":"`),
      this.letters,
      Buffer.from('"}'),
    ]);
    return this.states;
  }

  /** Each seat's JSON with what `endOf` puts behind it; a seat without that is left out. */
  private join(endOf: (index: number) => Buffer | null): Buffer {
    this.seats ??= this.writeSeats();
    const { json, ends } = this.seats;
    const all = Buffer.allocUnsafe(json.length + ends.length * LONGEST_END.length);
    let length = 0;
    for (let index = 0; index < ends.length; index++) {
      const end = endOf(index);
      if (!end) continue;
      length += json.copy(all, length, index === 0 ? 0 : ends[index - 1], ends[index]);
      length += end.copy(all, length);
    }
    // Without the last comma, in as many bytes as it needs.
    return Buffer.from(all.subarray(0, Math.max(0, length - 1)));
  }

  /** What never changes of the seats' JSON, one behind the other, and where each ends. */
  private writeSeats(): { json: Buffer; ends: Uint32Array } {
    const beforeRow = `","section":${JSON.stringify(this.name)},"row":`;
    const beforePrice = `,"tier":${JSON.stringify(this.tier)},"price":`;
    const ends = new Uint32Array(this.ids.length);
    const more = Buffer.byteLength(beforeRow) - beforeRow.length + Buffer.byteLength(beforePrice) - beforePrice.length;
    let end = 0;
    const texts = this.ids.map((id, index) => {
      const row = Math.floor(index / this.seatsPerRow) + 1;
      const number = (index % this.seatsPerRow) + 1;
      const text = `{"id":"${id}${beforeRow}${row},"number":${number}${beforePrice}${this.prices[index]}`;
      end += text.length + more;
      ends[index] = end;
      return text;
    });
    return { json: Buffer.from(texts.join("")), ends };
  }

  private mark(seats: Buffer | null, as: number): void {
    for (let at = 0; seats && at < seats.length; at += 8) {
      this.spare[(seats.readUInt32BE(at) - 1) * this.seatsPerRow + seats.readUInt32BE(at + 4) - 1] = as;
    }
  }
}
