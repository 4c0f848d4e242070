import { createHash } from "node:crypto";
import { type Db, statement } from "@/db/client";

/** How the database says who has a seat, one byte per seat. */
const AVAILABLE = 0;
const HELD = 1;
const SOLD = 2;
const WORDS = ["available", "held", "sold"] as const;
const LETTERS = Buffer.from("ahs");

export type SeatFilter = "available" | "all";

export type SeatsAnswer = {
  /** Short; differs whenever the seats asked for differ. The same in every process. */
  version: string;
  /** `{ version, items }` as JSON, UTF-8: made once per version, so do not change it. */
  body: Buffer<ArrayBuffer>;
};

/** A performance's seats by section, and the answers made of them. */
export type Layout = {
  /** Changes with every change of the concert. */
  revision: string;
  seatCount: number;
  /** By name, in the organiser's order. */
  blocks: Map<string, SeatBlock>;
  /** The last answer of each kind. */
  answers: Map<string, SeatsAnswer>;
  /** Versions of the whole hall and of each section at that time, the newest last. */
  past: { version: string; blocks: Map<string, string> }[];
};

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
  const blocks = new Map(rows.map((row) => [row.name, new SeatBlock(row, revision)]));
  const seatCount = rows.reduce((sum, row) => sum + row.rows * row.seats_per_row, 0);
  return { revision, seatCount, blocks, answers: new Map(), past: [] };
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
  private readonly ids: string[];
  private readonly prices: string[];
  private readonly beforeRow: string;
  private readonly beforePrice: string;
  private readonly revision: string;
  private taken: Uint8Array;
  private json = new Map<SeatFilter, Buffer>();
  version: string;

  constructor(
    block: { id: string; name: string; tier: string; rows: number; seats_per_row: number; ids: string; prices: string },
    revision: string,
  ) {
    this.id = block.id;
    this.name = block.name;
    this.tier = block.tier;
    this.rows = block.rows;
    this.seatsPerRow = block.seats_per_row;
    this.ids = block.ids.split(",");
    this.prices = block.prices.split(",");
    this.price = Number(this.prices[0]);
    this.beforeRow = `","section":${JSON.stringify(block.name)},"row":`;
    this.beforePrice = `,"tier":${JSON.stringify(block.tier)},"price":`;
    this.revision = revision;
    this.taken = new Uint8Array(this.ids.length);
    this.version = this.hash();
  }

  /** Takes over which seats are held and sold: row and number of each, four bytes both, or null for none. */
  update(held: Buffer | null, sold: Buffer | null): void {
    const taken = new Uint8Array(this.ids.length);
    this.mark(taken, held, HELD);
    this.mark(taken, sold, SOLD);
    if (Buffer.compare(taken, this.taken) === 0) return;
    this.taken = taken;
    this.version = this.hash();
    this.json.clear();
  }

  /** Seats are counted from 0, row by row. */
  idOf(index: number): string {
    return this.ids[index] as string;
  }

  isAvailable(index: number): boolean {
    return this.taken[index] === AVAILABLE;
  }

  /** The seats as JSON objects with commas between them, without brackets. */
  items(filter: SeatFilter): Buffer {
    const made = this.json.get(filter);
    if (made) return made;
    const parts: string[] = [];
    for (const [index, id] of this.ids.entries()) {
      const taken = this.taken[index] as number;
      if (filter === "available" && taken !== AVAILABLE) continue;
      const row = Math.floor(index / this.seatsPerRow) + 1;
      const number = (index % this.seatsPerRow) + 1;
      parts.push(
        `{"id":"${id}${this.beforeRow}${row},"number":${number}${this.beforePrice}${this.prices[index]},"availability":"${WORDS[taken]}"}`,
      );
    }
    const json = Buffer.from(parts.join(","));
    this.json.set(filter, json);
    return json;
  }

  /** The section as one letter per seat, row by row: available, held or sold. */
  letters(): Buffer {
    const letters = Buffer.alloc(this.taken.length);
    for (let index = 0; index < letters.length; index++)
      letters[index] = LETTERS[this.taken[index] as number] as number;
    return letters;
  }

  private mark(taken: Uint8Array, seats: Buffer | null, as: number): void {
    for (let at = 0; seats && at < seats.length; at += 8) {
      taken[(seats.readUInt32BE(at) - 1) * this.seatsPerRow + seats.readUInt32BE(at + 4) - 1] = as;
    }
  }

  private hash(): string {
    return createHash("sha1").update(this.revision).update(this.id).update(this.taken).digest("base64url").slice(0, 16);
  }
}
