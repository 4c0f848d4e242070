/** What a checkout knows of its concert before anybody signs in. */
export type CheckoutConcert = {
  id: string;
  slug: string;
  title: string;
  venue: { name: string; timeZone: string };
  refundUntilHours: number;
  holdSeconds: number;
  /** How often a hold may be extended. */
  holdExtensions: number;
  performances: { id: string; startsAt: string }[];
};
