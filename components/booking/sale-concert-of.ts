import type { ConcertDetail } from "@/lib/catalog/queries";
import type { SaleConcert } from "./sale-concert";

/** The part of a concert that the sale's pages carry to the browser. */
export function saleConcertOf(concert: ConcertDetail): SaleConcert {
  const { id, slug, title, venue, currency, tiers, sections, seatMap } = concert;
  const { maxSeatsPerFan, holdSeconds, refundUntilHours, orphanSeatRule } = concert;
  return {
    id,
    slug,
    title,
    venue,
    currency,
    tiers: tiers.map(({ name, price }) => ({ name, price })),
    sections: sections.map(({ name, tier, rows, seatsPerRow, map }) => ({ name, tier, rows, seatsPerRow, map })),
    seatMap,
    performances: concert.performances.map(({ id, startsAt }) => ({ id, startsAt: new Date(startsAt).toISOString() })),
    maxSeatsPerFan,
    holdSeconds,
    refundUntilHours,
    orphanSeatRule,
  };
}
