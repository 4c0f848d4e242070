import { pause } from "@/db/embedded-processes";
import { readQueueToken } from "@/lib/queue/token";
import type { Call, Caller } from "./call";
import type { Hall } from "./hall";
import type { Answer, CallLog, Intent } from "./log";
import { between, choose, pick, type Random, randomOf } from "./random";

/** What all fans share. */
export type World = { seed: number; caller: Caller; log: CallLog; halls: Hall[]; organizer: string };

type Place = { token: string; entryId: string; position: number | null };
type Reservation = { id: string; tickets: { id: string; code: string }[] };

/** A call that is still unanswered is asked again this often before it is left for the end. */
const ASKS = 3;

/**
 * A fan who does everything at random, one thing after the other. What is done in which step follows from the seed, the
 * fan, the step and what the fan has; so the same seed gives the same impulses, whatever the network makes of them.
 */
export class Fan {
  readonly #hall: Hall;
  #place: Place | null = null;
  #isIn = false;
  #held: Reservation[] = [];
  #paid: Reservation[] = [];
  #open: { intent: Intent; asks: number }[] = [];
  #step = 0;
  #isSentAway = false;

  constructor(
    private readonly world: World,
    readonly index: number,
    readonly userId: string,
    private readonly bearer: string,
  ) {
    this.#hall = world.halls[index % world.halls.length] as Hall;
  }

  /** Goes on until `isOver`; then the last call was answered or lost. */
  async run(isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      const random = randomOf(this.world.seed, "fan", this.index, this.#step);
      this.#step += 1;
      await this.#act(random);
      // Who hears "unavailable" hears also when to come back: in two seconds, about.
      const patience = this.#isSentAway ? 1000 + 2000 * random() : 0;
      this.#isSentAway = false;
      await pause(100 + 1000 * random() + patience);
    }
  }

  async #act(random: Random): Promise<void> {
    const impulse = random();
    const open = this.#open[0];
    if (open && random() < 0.6) return await this.#askAgain(open, random);
    if (impulse < 0.07) return await this.#topUp(random);
    if (impulse < 0.1) return await this.#look(random);
    if (!this.#place) return await this.#join(random);
    if (!this.#isIn) return random() < 0.05 ? await this.#leave(random) : await this.#poll(random);
    if (this.#held.length > 0) {
      const what = choose(random(), { pay: 0.5, rich: 0.12, giveUp: 0.12, hold: 0.12, leave: 0.04, wait: 0.1 });
      if (what === "rich") await this.#topUp(random);
      if (what === "pay" || what === "rich") return await this.#pay(random);
      if (what === "giveUp") return await this.#giveUp(this.#held, random);
      if (what === "hold") return await this.#hold(random);
      return what === "leave" ? await this.#leave(random) : await this.#poll(random);
    }
    const what = choose(random(), {
      hold: 0.55,
      refund: 0.2,
      dates: 0.05,
      seats: 0.06,
      use: 0.02,
      leave: 0.04,
      poll: 0.08,
    });
    if (what === "refund" && this.#paid.length > 0) return await this.#giveUp(this.#paid, random);
    if (what === "use" && this.index % 4 === 0 && this.#paid.length > 0) return await this.#checkIn(random);
    if (what === "leave") return await this.#leave(random);
    if (what === "poll") return await this.#poll(random);
    if (what === "dates" || what === "seats") return await this.#browse(what, random);
    await this.#hold(random);
  }

  async #call(random: Random, call: Omit<Call, "fan" | "bearer" | "server"> & { bearer?: string }): Promise<Answer> {
    const server = random() < 0.5 ? 0 : 1;
    const answer = await this.world.caller.call({ fan: this.index, bearer: this.bearer, server, ...call });
    if (answer.code === "unavailable") this.#isSentAway = true;
    return answer;
  }

  get #queue(): string {
    return `/concerts/${this.#hall.id}/queue`;
  }

  async #join(random: Random): Promise<void> {
    const { outcome, body } = await this.#call(random, { what: "join", method: "POST", path: this.#queue });
    if (outcome !== "ok") return;
    const { token, number, position, status } = body;
    const entryId = readQueueToken(token)?.entryId as string;
    this.#place = { token, entryId, position };
    this.#isIn = status === "admitted";
    this.world.log.places.set(entryId, { fan: this.index, number, left: false });
  }

  async #poll(random: Random): Promise<void> {
    const place = this.#place as Place;
    const call = { what: "poll", method: "GET", path: this.#queue, queueToken: place.token } as const;
    const { outcome, body } = await this.#call(random, call);
    if (outcome === "refused") this.#place = null;
    if (outcome !== "ok") return;
    if (place.position !== null && body.position > place.position) this.world.log.risen += 1;
    place.position = body.position;
    this.#isIn = body.status === "admitted";
    if (!["lobby", "waiting", "admitted"].includes(body.status)) this.#forgetPlace();
  }

  #forgetPlace(): void {
    this.#place = null;
    this.#isIn = false;
    this.#held = [];
  }

  async #leave(random: Random): Promise<void> {
    const { token, entryId } = this.#place as Place;
    const call = { what: "leave", method: "DELETE", path: this.#queue, queueToken: token } as const;
    const { outcome } = await this.#call(random, call);
    if (outcome !== "ok") return;
    const known = this.world.log.places.get(entryId);
    if (known) known.left = true;
    this.#forgetPlace();
  }

  async #browse(what: "dates" | "seats", random: Random): Promise<void> {
    const dates = `/concerts/${this.#hall.id}/performances`;
    const path = what === "dates" ? dates : `${dates}/${pick(random, this.#hall.performances).id}/seats`;
    this.#heed(await this.#call(random, { what: "read", method: "GET", path, queueToken: this.#place?.token }));
  }

  async #look(random: Random): Promise<void> {
    const path = pick(random, ["/wallet", "/wallet/entries", "/reservations", "/tickets", "/me"]);
    await this.#call(random, { what: "read", method: "GET", path });
  }

  /** Learns from a refusal of the gate that the turn is over, or not yet here. */
  #heed({ code }: Answer): void {
    if (code === "queue_waiting") this.#isIn = false;
    if (code === "admission_expired" || code === "queue_token_invalid") this.#forgetPlace();
  }

  async #topUp(random: Random): Promise<void> {
    const body = { amount: between(random, 1, 150_000) };
    await this.#want(random, { what: "top up", method: "PATCH", path: "/wallet", body });
  }

  async #hold(random: Random): Promise<void> {
    const { id: performanceId, seatIds } = pick(random, this.#hall.performances);
    const count = between(random, 1, 3);
    // Half of them want what everybody wants.
    const first = random() < 0.5 ? between(random, 0, 7) : between(random, 0, seatIds.length - 1);
    const named = Array.from({ length: count }, (_, at) => seatIds[(first + at) % seatIds.length]);
    const body = random() < 0.4 ? { performanceId, bestAvailable: { count } } : { performanceId, seatIds: named };
    const path = `/concerts/${this.#hall.id}/reservations`;
    await this.#want(random, { what: "hold", method: "POST", path, body });
  }

  async #pay(random: Random): Promise<void> {
    const { id } = pick(random, this.#held);
    const path = `/concerts/${this.#hall.id}/reservations/${id}/payment`;
    await this.#want(random, { what: "pay", method: "POST", path });
  }

  /** Asks for something once, under a fresh key: at times from two hands at once. */
  async #want(random: Random, wish: Pick<Intent, "what" | "method" | "path" | "body">): Promise<void> {
    const key = `${this.world.seed}-${this.index}-${this.#step}-${wish.what.replace(" ", "-")}`;
    const queueToken = wish.what === "top up" ? undefined : this.#place?.token;
    const intent: Intent = {
      key,
      fan: this.index,
      ...wish,
      ...(queueToken ? { queueToken } : {}),
      final: null,
      wasUnknown: false,
    };
    this.world.log.intents.set(key, intent);
    const hands = random() < 0.08 ? 2 : 1;
    await Promise.all(Array.from({ length: hands }, () => this.#ask(intent, random)));
    if (!intent.final) this.#open.push({ intent, asks: 0 });
    else if (intent.final.outcome === "ok" && random() < 0.06) await this.#tease(intent, random);
  }

  async #ask(intent: Intent, random: Random): Promise<void> {
    const before = intent.final;
    const { what, method, path, body, queueToken, key } = intent;
    const answer = await this.#call(random, { what, method, path, body, queueToken, key });
    this.world.log.settle(intent, answer);
    this.#heed(answer);
    if (!before && intent.final) this.#learn(intent, intent.final);
  }

  async #askAgain(open: { intent: Intent; asks: number }, random: Random): Promise<void> {
    open.asks += 1;
    await this.#ask(open.intent, random);
    if (open.intent.final || open.asks >= ASKS || !this.#place) this.#open = this.#open.filter((one) => one !== open);
  }

  /** What was done stays done: the same again is answered with the same bytes, something else under the key not at all. */
  async #tease(intent: Intent, random: Random): Promise<void> {
    await this.#ask(intent, random);
    if (intent.what !== "top up") return;
    const body = { amount: (intent.body as { amount: number }).amount + 1 };
    const { path, method, what, key } = intent;
    const { outcome, code } = await this.#call(random, { what, method, path, key, body });
    if (outcome === "ok" || (outcome === "refused" && code !== "idempotency_key_reused")) {
      this.world.log.accuse(`key ${key} was taken for another request: ${code ?? "done"}`);
    }
  }

  #learn({ what, path }: Intent, { outcome, code, body }: Answer): void {
    if (outcome === "refused") {
      if (what === "pay" && code !== "insufficient_balance")
        this.#held = this.#held.filter(({ id }) => !path.includes(id));
      return;
    }
    if (what === "hold") this.#held.push({ id: body.id, tickets: [] });
    if (what !== "pay") return;
    this.#held = this.#held.filter(({ id }) => id !== body.reservationId);
    this.#paid.push({ id: body.reservationId, tickets: body.tickets });
  }

  async #giveUp(from: Reservation[], random: Random): Promise<void> {
    const { id } = pick(random, from);
    const path = `/concerts/${this.#hall.id}/reservations/${id}`;
    const { outcome } = await this.#call(random, { what: "give up", method: "DELETE", path });
    const { givenUp } = this.world.log;
    if (givenUp.get(id)?.outcome !== "ok") givenUp.set(id, { fan: this.index, path, outcome });
    if (outcome === "unknown") return;
    this.#held = this.#held.filter((one) => one.id !== id);
    this.#paid = this.#paid.filter((one) => one.id !== id);
  }

  /** At the door, before three scanners at the same moment. */
  async #checkIn(random: Random): Promise<void> {
    const reservation = pick(random, this.#paid);
    const { id, code } = pick(random, reservation.tickets);
    const known = this.world.log.checkIns.get(id) ?? { code, done: 0, unknown: false };
    this.world.log.checkIns.set(id, known);
    const call = {
      what: "check in",
      method: "POST",
      path: "/admin/check-ins",
      body: { code },
      bearer: this.world.organizer,
    } as const;
    for (const { outcome } of await Promise.all([1, 2, 3].map(() => this.#call(random, call)))) {
      if (outcome === "ok") known.done += 1;
      if (outcome === "unknown") known.unknown = true;
    }
  }
}
