import type { ShownConcert } from "./concert-view";

const AVAILABILITY = {
  upcoming: "https://schema.org/PreOrder",
  on_sale: "https://schema.org/InStock",
  sold_out: "https://schema.org/SoldOut",
  closed: "https://schema.org/SoldOut",
  past: "https://schema.org/SoldOut",
} as const;

/** The concert for search engines: a schema.org MusicEvent per date, as JSON that may stand inside a `<script>`. */
export function eventData(concert: ShownConcert): string {
  const events = concert.performances.map(({ startsAt }) => ({
    "@context": "https://schema.org",
    "@type": "MusicEvent",
    name: concert.title,
    description: concert.description || undefined,
    startDate: startsAt.toISOString(),
    eventStatus: "https://schema.org/EventScheduled",
    eventAttendanceMode: "https://schema.org/OfflineEventAttendanceMode",
    performer: { "@type": "MusicGroup", name: concert.artist },
    location: {
      "@type": "Place",
      name: concert.venue.name,
      address: { "@type": "PostalAddress", addressLocality: concert.venue.city },
    },
    offers: {
      "@type": "AggregateOffer",
      priceCurrency: concert.currency,
      lowPrice: concert.priceFrom,
      highPrice: concert.priceTo,
      availability: AVAILABILITY[concert.status],
      validFrom: concert.saleOpensAt.toISOString(),
    },
  }));
  // Otherwise a title with "</script>" would end the element.
  return JSON.stringify(events).replaceAll("<", "\\u003c");
}
