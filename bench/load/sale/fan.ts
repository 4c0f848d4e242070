import { randomUUID } from "node:crypto";
import { requestText } from "../request";
import { type Calls, pause } from "./calls";
import { type Choice, type HallStates, HallView, seatKey } from "./hall";
import type { SaleFan, SaleJob, SaleSection } from "./job";
import type { Lane } from "./lane";

type View = { token?: string; status: string; pollAfterMs: number };
type Held = { id: string; amount: number };

/** What the generator works out once for all fans; each of them still asks the server for it. */
export type Shared = {
  calls: Calls;
  sections: Map<string, SaleSection>;
  /** Halls by the tag that they were answered with. */
  halls: Map<string, HallView>;
  /** The version of the hall's layout, which does not change during a sale. */
  layout: string;
  /** Seat ids by section. */
  seatIds: Map<string, string[]>;
};

const HALLS_KEPT = 200;
/** What it takes to see that the seats are gone, on average. */
const DISAPPOINTED_MS = 500;
const LOOK_AGAIN_MS = 2000;

type States = { since?: string; layout: string; sections: HallStates };

const mapOf = (states: HallStates) => new Map(states.map((section) => [section.name, section.states]));

/** One fan, who does what the product's pages do: queues, looks, chooses, holds, tops up and pays. */
export class Fan {
  readonly #path: string;
  #token = "";
  #hall: { etag: string; view: HallView } | null = null;
  readonly #learned = new Set<string>();
  /** Seats that somebody else turned out to have. */
  readonly #lost = new Set<string>();

  constructor(
    { concertId }: Pick<SaleJob, "concertId">,
    private readonly who: SaleFan,
    private readonly lane: Lane,
    private readonly shared: Shared,
  ) {
    this.#path = `/api/concerts/${concertId}`;
  }

  async queue(onJoined: () => void): Promise<void> {
    const { bearer } = this.who;
    const join = requestText({ method: "POST", path: `${this.#path}/queue`, bearer });
    let view = (await this.shared.calls.make(this.lane, "join", join, [200, 201])).json<View>();
    onJoined();
    this.#token = view.token as string;
    while (view.status !== "admitted") {
      if (view.status !== "waiting" && view.status !== "lobby") throw new Error(`A fan's place is ${view.status}.`);
      await pause(view.pollAfterMs);
      const poll = requestText({ method: "GET", path: `${this.#path}/queue`, queueToken: this.#token });
      view = (await this.shared.calls.make(this.lane, "poll", poll, [200])).json<View>();
      this.#token = view.token ?? this.#token;
    }
  }

  /** Buys the seats that the fan wants; how many that were. */
  async shop(): Promise<number> {
    const { items } = await this.#read<{ items: { id: string }[] }>("dates", "/performances");
    const performanceId = items[0]?.id as string;
    for (;;) {
      const hall = await this.#look(performanceId);
      const choice = (this.#lost.size > 0 ? hall.without(this.#lost) : hall).choose(this.who.wish, Math.random);
      const wanted = choice.reduce((sum, { places }) => sum + places.length, 0);
      if (wanted < this.who.wish) {
        // What others hold at this moment they may yet lose.
        await pause(LOOK_AGAIN_MS);
        this.#lost.clear();
        continue;
      }
      const seatIds = await this.#idsOf(performanceId, choice);
      const held = await this.#write<Held>("hold", "POST", `${this.#path}/reservations`, { performanceId, seatIds });
      if (held) {
        await this.#write("top up", "PATCH", "/api/wallet", { amount: held.amount });
        await this.#write("pay", "POST", `${this.#path}/reservations/${held.id}/payment`);
        return wanted;
      }
      for (const { section, places } of choice) for (const place of places) this.#lost.add(seatKey(section, place));
      this.#hall = null;
      await pause(DISAPPOINTED_MS * (0.5 + Math.random()));
    }
  }

  /** The hall as it stands now: all of it at first and after a refusal, else what changed, as the map asks for it. */
  async #look(performanceId: string): Promise<HallView> {
    const { halls, sections, calls } = this.shared;
    const known = this.#hall;
    const since = known ? `?since=${encodeURIComponent(known.etag.replaceAll(/W\/|"/g, ""))}` : "";
    const path = `${this.#path}/performances/${performanceId}/seat-states${since}`;
    const request = requestText({ method: "GET", path, ...this.#known, etag: known?.etag, gzip: true });
    const answer = await calls.make(this.lane, "seat states", request, [200, 304]);
    if (answer.status === 304 && known) return known.view;
    const etag = answer.etag as string;
    let view = halls.get(etag);
    if (!view) {
      const { since: from, layout, sections: states } = answer.json<States>();
      this.shared.layout = layout;
      view = from && known ? known.view.after(states) : new HallView(mapOf(states), sections);
    }
    halls.set(etag, view);
    if (halls.size > HALLS_KEPT) halls.delete(halls.keys().next().value as string);
    this.#hall = { etag, view };
    return view;
  }

  /** The ids of chosen seats; a section is asked for once by each fan, as the map does. */
  async #idsOf(performanceId: string, choice: Choice): Promise<string[]> {
    for (const { section } of choice) {
      if (this.#learned.has(section)) continue;
      const query = `section=${encodeURIComponent(section)}&version=${this.shared.layout}`;
      const path = `${this.#path}/performances/${performanceId}/seat-layout?${query}`;
      const request = requestText({ method: "GET", path, gzip: true });
      const answer = await this.shared.calls.make(this.lane, "section", request, [200]);
      this.#learned.add(section);
      if (this.shared.seatIds.has(section)) continue;
      const { items } = answer.json<{ items: { id: string }[] }>();
      this.shared.seatIds.set(
        section,
        items.map(({ id }) => id),
      );
    }
    return choice.flatMap(({ section, places }) =>
      places.map((place) => this.shared.seatIds.get(section)?.[place] as string),
    );
  }

  get #known() {
    return { bearer: this.who.bearer, queueToken: this.#token };
  }

  async #read<Body>(name: "dates", path: string): Promise<Body> {
    const request = requestText({ method: "GET", path: `${this.#path}${path}`, ...this.#known });
    return (await this.shared.calls.make(this.lane, name, request, [200])).json<Body>();
  }

  /** A call that must happen once, under a key as the pages send it; null if somebody else has the seats. */
  async #write<Body>(
    name: "hold" | "top up" | "pay",
    method: "POST" | "PATCH",
    path: string,
    body?: unknown,
  ): Promise<Body | null> {
    const request = requestText({ method, path, ...this.#known, idempotencyKey: randomUUID(), body });
    const wanted = { hold: [201, 409], "top up": [200], pay: [201] }[name];
    const answer = await this.shared.calls.make(this.lane, name, request, wanted);
    if (answer.status !== 409) return answer.json<Body>();
    const { code } = answer.json<{ code: string }>();
    if (code !== "seat_unavailable") throw new Error(`A hold was refused: ${code}.`);
    return null;
  }
}
