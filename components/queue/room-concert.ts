/** What the waiting room knows of a concert before anybody signs in. */
export type RoomConcert = {
  id: string;
  slug: string;
  title: string;
  /** Of a drawn sale: the hash of the draw's seed. */
  seedHash?: string | undefined;
  venue: { name: string; timeZone: string };
};
