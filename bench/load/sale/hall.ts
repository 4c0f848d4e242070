import type { SaleSection } from "./job";

/** How the whole hall stands, as the seat map's call tells it: one letter per seat by row and number. */
export type HallStates = { name: string; states: string }[];

/** Free seats of one section, by their places in its letters. */
export type Choice = { section: string; places: number[] }[];

const FREE = "a";

const freeIn = (states: string): number => {
  let count = 0;
  for (let at = states.indexOf(FREE); at !== -1; at = states.indexOf(FREE, at + 1)) count += 1;
  return count;
};

/** A seat of the hall, as a key. */
export const seatKey = (section: string, place: number): string => `${place}/${section}`;

function seatOf(key: string): { section: string; place: number } {
  const slash = key.indexOf("/");
  return { place: Number(key.slice(0, slash)), section: key.slice(slash + 1) };
}

type FreeSection = { name: string; states: string; free: number; seatsPerRow: number };

/** A hall as read once; fans who got the same version share it, so that the generator works it out once. */
export class HallView {
  readonly #free: FreeSection[];

  /** `before`: a hall that most sections are the same as in, so that they need not be counted again. */
  constructor(
    private readonly states: Map<string, string>,
    private readonly sections: Map<string, SaleSection>,
    before?: HallView,
  ) {
    const known = new Map((before ? before.#free : []).map((section) => [section.name, section]));
    this.#free = [...states]
      .map(([name, states]) => {
        const same = known.get(name);
        if (same?.states === states) return same;
        return { name, states, free: freeIn(states), seatsPerRow: sections.get(name)?.seatsPerRow ?? 1 };
      })
      .filter(({ free }) => free > 0);
  }

  /** The same hall with the sections that changed. */
  after(changed: HallStates): HallView {
    const states = new Map(this.states);
    for (const section of changed) states.set(section.name, section.states);
    return new HallView(states, this.sections, this);
  }

  /** The same hall without seats that turned out to be taken, whatever it says of them. */
  without(taken: ReadonlySet<string>): HallView {
    const states = new Map(this.states);
    for (const key of taken) {
      const { section, place } = seatOf(key);
      const now = states.get(section);
      if (now !== undefined) states.set(section, `${now.slice(0, place)}h${now.slice(place + 1)}`);
    }
    return new HallView(states, this.sections, this);
  }

  /**
   * `wish` seats somewhere in the hall: neighbours in one row if the section that chance picked has them, else any of
   * it, else of others too. Fewer where fewer are free.
   */
  choose(wish: number, chance: () => number): Choice {
    const choice: Choice = [];
    const left = this.#free.slice();
    while (wish > 0 && left.length > 0) {
      const section = pick(left, chance);
      left.splice(left.indexOf(section), 1);
      const start = Math.floor(chance() * section.states.length);
      const places = neighbours(section.states, section.seatsPerRow, wish, start) ?? any(section.states, wish, start);
      choice.push({ section: section.name, places });
      wish -= places.length;
    }
    return choice;
  }
}

/** One of the sections, the likelier the more of it is free. */
function pick<Section extends { free: number }>(sections: Section[], chance: () => number): Section {
  let at = chance() * sections.reduce((sum, { free }) => sum + free, 0);
  for (const section of sections) {
    at -= section.free;
    if (at < 0) return section;
  }
  return sections.at(-1) as Section;
}

/** The first `wish` free seats side by side from `start` on and round the end, or null. */
function neighbours(states: string, seatsPerRow: number, wish: number, start: number): number[] | null {
  let run = 0;
  for (let step = 0; step < states.length + wish; step += 1) {
    const at = (start + step) % states.length;
    if (at % seatsPerRow === 0) run = 0;
    run = states[at] === FREE ? run + 1 : 0;
    if (run === wish) return Array.from({ length: wish }, (_, back) => at - wish + 1 + back);
  }
  return null;
}

function any(states: string, wish: number, start: number): number[] {
  const places: number[] = [];
  for (let step = 0; step < states.length && places.length < wish; step += 1) {
    const at = (start + step) % states.length;
    if (states[at] === FREE) places.push(at);
  }
  return places;
}
