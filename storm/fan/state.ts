import type { Call, Caller } from "../call";
import type { Hall } from "../hall";
import type { Answer, CallLog, Intent } from "../log";
import type { Random } from "../random";

/** What all fans share. */
export type World = {
  seed: number;
  caller: Caller;
  log: CallLog;
  halls: Hall[];
  organizer: string;
  /** Links by which somebody gives a ticket away, for whoever finds them. */
  links: { ticketId: string; token: string }[];
  /** Codes that pass a line, by concert. */
  invitations: Map<string, string>;
};

export type Reservation = {
  id: string;
  performanceId: string;
  seatIds: string[];
  tickets: { id: string; code: string }[];
};

export type Place = {
  token: string;
  entryId: string;
  /** As heard last; null where it may rise by the fan's own will. */
  position: number | null;
  /** When that was (`performance.now()`). */
  heardAt: number;
  /** When the server wants to be asked again. */
  askFrom: number;
};

/** A fan: who it is, and what it believes to have. */
export class FanState {
  place: Place | null = null;
  isIn = false;
  held: Reservation[] = [];
  paid: Reservation[] = [];
  /** Performances that this fan waits for seats of. */
  readonly waitsFor = new Set<string>();
  /** Things asked for of which nothing certain was heard yet. */
  open: { intent: Intent; asks: number }[] = [];
  step = 0;
  /** Was told to come back later. */
  isSentAway = false;

  constructor(
    readonly world: World,
    readonly index: number,
    readonly userId: string,
    readonly bearer: string,
  ) {}

  get hall(): Hall {
    return this.world.halls[this.index % this.world.halls.length] as Hall;
  }

  /** The path of something of this fan's concert. */
  at(rest: string): string {
    return `/concerts/${this.hall.id}/${rest}`;
  }

  async call(random: Random, call: Omit<Call, "fan" | "bearer" | "server"> & { bearer?: string }): Promise<Answer> {
    const server = random() < 0.5 ? 0 : 1;
    const answer = await this.world.caller.call({ fan: this.index, bearer: this.bearer, server, ...call });
    if (answer.code === "unavailable") this.isSentAway = true;
    return answer;
  }

  /** Learns from a refusal of the gate that the turn is over, or not yet here. */
  heed({ code }: Answer): void {
    if (code === "queue_waiting") this.isIn = false;
    if (code === "admission_expired" || code === "queue_token_invalid") this.forgetPlace();
  }

  forgetPlace(): void {
    this.place = null;
    this.isIn = false;
    this.held = [];
  }

  forgetReservation(id: string): void {
    this.held = this.held.filter((one) => one.id !== id);
    this.paid = this.paid.filter((one) => one.id !== id);
  }
}
