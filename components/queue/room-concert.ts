/** What the pages on the way from line to ticket know of a concert before anybody signs in. */
export type RoomConcert = {
  id: string;
  slug: string;
  title: string;
  artist: string;
  venue: { name: string; city: string; timeZone: string };
  /** ISO 8601. */
  saleOpensAt: string;
  order: "fifo" | "draw";
};
