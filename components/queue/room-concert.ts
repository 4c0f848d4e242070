/** What the waiting room knows of a concert before anybody signs in. */
export type RoomConcert = {
  id: string;
  slug: string;
  title: string;
  venue: { name: string; timeZone: string };
};
