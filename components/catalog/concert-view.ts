import type { RoomMode, RoomOrder } from "@/db/constants";
import type { ListedConcert } from "./concert-card";

/** What a concert's page shows. */
export type ShownConcert = ListedConcert & {
  description: string;
  maxSeatsPerFan: number;
  holdSeconds: number;
  refundUntilHours: number;
  tiers: { name: string; price: number }[];
  sections: { name: string; tier: string; rows: number; seatsPerRow: number }[];
  performances: { id: string; startsAt: Date }[];
  waitingRoom: { mode: RoomMode; order: RoomOrder };
};

/** Seats of one performance by tier, in the organiser's order; a tier without sections is left out. */
export function seatsByTier(concert: Pick<ShownConcert, "tiers" | "sections">) {
  return concert.tiers
    .map(({ name, price }) => {
      const own = concert.sections.filter(({ tier }) => tier === name);
      return { name, price, sections: own.length, seats: own.reduce((sum, s) => sum + s.rows * s.seatsPerRow, 0) };
    })
    .filter(({ seats }) => seats > 0);
}
