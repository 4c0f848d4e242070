/** What a checkout knows of its concert before anybody signs in. */
export type CheckoutConcert = {
  id: string;
  slug: string;
  title: string;
  venue: { name: string; timeZone: string };
  refundUntilHours: number;
  performances: { id: string; startsAt: string }[];
};
