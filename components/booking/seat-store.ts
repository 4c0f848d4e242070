import type { Hall } from "./hall-layout";

/** How a seat stands, as one byte per seat. */
export const SEAT = { available: 0, held: 1, sold: 2, unknown: 3 } as const;

/** The letters in which the server writes a section's seats, in order of row and number. */
const LETTERS: Record<string, number> = { a: SEAT.available, h: SEAT.held, s: SEAT.sold };

/** Availability of a hall's every seat, and the ids of those sections that were looked at. */
export class SeatStore {
  readonly states: Uint8Array;
  /** Available seats of each section. */
  readonly left: Int32Array;
  /** Grows with every change, for whoever draws. */
  version = 0;
  private readonly ids = new Map<number, string>();
  private readonly indexes = new Map<string, number>();

  /** `own`: held seats that the fan may choose again, since they are the fan's; ids by place. */
  constructor(
    readonly hall: Hall,
    private readonly own: ReadonlyMap<number, string> = new Map(),
  ) {
    for (const [index, id] of own) this.ids.set(index, id);
    this.states = new Uint8Array(hall.seats).fill(SEAT.unknown);
    this.left = new Int32Array(hall.blocks.length);
  }

  /** Takes in sections, a text of one letter per seat for each; answers the seats that are no longer available. */
  takeStates(sections: readonly { name: string; states: string }[]): number[] {
    const blocks = new Map(this.hall.blocks.map((block) => [block.name, block]));
    const lost: number[] = [];
    for (const { name, states } of sections) {
      const block = blocks.get(name);
      if (!block) continue;
      let left = 0;
      const count = Math.min(states.length, block.rows * block.seatsPerRow);
      for (let inside = 0; inside < count; inside++) {
        const index = block.firstSeat + inside;
        const said = LETTERS[states[inside] ?? ""] ?? SEAT.unknown;
        const state = said === SEAT.held && this.own.has(index) ? SEAT.available : said;
        if (state === SEAT.available) left++;
        else if (this.states[index] === SEAT.available) lost.push(index);
        this.states[index] = state;
      }
      this.left[block.section] = left;
    }
    this.version++;
    return lost;
  }

  /** Keeps the ids of a section's seats. */
  takeIds(name: string, seats: readonly { id: string; row: string | number; number: number }[]): void {
    const block = this.hall.blocks.find((one) => one.name === name);
    if (!block) return;
    for (const { id, row, number } of seats) {
      const index = block.firstSeat + (Number(row) - 1) * block.seatsPerRow + (number - 1);
      this.ids.set(index, id);
      this.indexes.set(id, index);
    }
  }

  idOf(index: number): string | undefined {
    return this.ids.get(index);
  }

  indexOf(id: string): number | undefined {
    return this.indexes.get(id);
  }

  stateOf(index: number): number {
    return this.states[index] ?? SEAT.unknown;
  }

  /** Marks seats that the server just refused, before the next look at the hall says so. */
  markTaken(indexes: readonly number[]): void {
    for (const index of indexes) {
      if (this.states[index] !== SEAT.available) continue;
      this.states[index] = SEAT.held;
      const block = this.hall.blocks.find(
        ({ firstSeat, rows, seatsPerRow }) => index >= firstSeat && index < firstSeat + rows * seatsPerRow,
      );
      if (block) this.left[block.section] = (this.left[block.section] ?? 1) - 1;
    }
    this.version++;
  }

  /** Available seats of the whole hall. */
  get total(): number {
    return this.left.reduce((sum, left) => sum + left, 0);
  }
}
