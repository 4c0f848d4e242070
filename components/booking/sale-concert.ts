import type { HallSection, SeatMap } from "./hall-layout";

/** What the pages between line and ticket know of a concert before they ask anything; times are ISO 8601. */
export type SaleConcert = {
  id: string;
  slug: string;
  title: string;
  venue: { name: string; city: string; timeZone: string };
  currency: string;
  tiers: { name: string; price: number }[];
  sections: HallSection[];
  seatMap: SeatMap | null;
  performances: { id: string; startsAt: string }[];
  maxSeatsPerFan: number;
  holdSeconds: number;
  refundUntilHours: number;
  /** A choice may not leave a single seat free between taken ones. */
  orphanSeatRule: boolean;
};
