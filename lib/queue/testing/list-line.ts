import { expect } from "vitest";
import type { RoomMode } from "@/db/constants";
import type { QueueClaims } from "../token";

/** One fan's stay in the line. */
export type Stay = {
  fan: number;
  entryId: string;
  number: number;
  claims: QueueClaims;
  status: "waiting" | "admitted" | "left" | "expired";
  /** On the model's clock, in seconds. */
  admittedAt: number;
  until: number;
  claimed: boolean;
};

/** What a waiting room is: a plain list of those who came, and a clock. Everything the product does must look like it. */
export class ListLine {
  mode: RoomMode = "on";
  limit: number;
  rate: number;
  /** In the order of their numbers. */
  readonly stays: Stay[] = [];
  private now = 0;
  /** Time that passed since the last admission: after half a minute all the credit that there can be is there. */
  private sinceTurns = 0;

  constructor(private readonly room: { limit: number; rate: number; claim: number; session: number }) {
    this.limit = room.limit;
    this.rate = room.rate;
  }

  get lastNumber(): number {
    return this.stays.length;
  }

  get waiting(): Stay[] {
    return this.stays.filter((stay) => stay.status === "waiting");
  }

  inside(): Stay[] {
    return this.stays.filter((stay) => this.statusOf(stay) === "admitted");
  }

  statusOf(stay: Stay): Stay["status"] {
    return stay.status === "admitted" && stay.until <= this.now ? "expired" : stay.status;
  }

  /** 1 for whoever is next. */
  positionOf(stay: Stay): number | null {
    return stay.status === "waiting" ? this.waiting.indexOf(stay) + 1 : null;
  }

  lastOf(fan: number): Stay | undefined {
    return this.stays.findLast((stay) => stay.fan === fan);
  }

  liveOf(fan: number): Stay | undefined {
    const stay = this.lastOf(fan);
    return stay && ["waiting", "admitted"].includes(this.statusOf(stay)) ? stay : undefined;
  }

  /** Joining ends an admission that is over, for good. */
  endLapsed(fan: number): void {
    const stay = this.lastOf(fan);
    if (stay) stay.status = this.statusOf(stay);
  }

  join(fan: number, claims: QueueClaims): void {
    const number = this.stays.length + 1;
    const stay = { fan, entryId: claims.entryId, number, claims, status: "waiting" as const };
    this.stays.push({ ...stay, admittedAt: 0, until: 0, claimed: false });
  }

  leave(stay: Stay): void {
    // Also an admission that is over but that no tick has noticed yet.
    if (stay.status === "waiting" || stay.status === "admitted") stay.status = "left";
  }

  claim(stay: Stay): void {
    if (!stay.claimed) stay.until = Math.max(stay.until, stay.admittedAt + this.room.session);
    stay.claimed = true;
  }

  pass(seconds: number): void {
    this.now += seconds;
    this.sinceTurns += seconds;
  }

  /** Whether so many turns are what the room's limits say. */
  expectTurns(turns: number): void {
    const line = this.waiting.length;
    const places = Math.max(0, this.limit - this.inside().length);
    const byLimits = Math.min(places, Math.floor(Math.max(1, this.rate / 60)), line);
    const most = this.mode === "off" ? line : this.mode === "paused" ? 0 : byLimits;
    expect(turns).toBeLessThanOrEqual(most);
    if (this.mode === "off" || this.sinceTurns >= 30) expect(turns).toBe(most);
  }

  /** Lets in the first ones, and ends the turns that are over. */
  admit(turns: number): void {
    for (const stay of this.stays) stay.status = this.statusOf(stay);
    for (const stay of this.waiting.slice(0, turns)) {
      Object.assign(stay, {
        status: "admitted",
        admittedAt: this.now,
        until: this.now + this.room.claim,
        claimed: false,
      });
    }
    this.sinceTurns = 0;
  }
}
