import type { ImportDocument, MapBlock } from "./schema";

/** What a section may say beyond its seats. */
export type SectionExtras = {
  map?: MapBlock | undefined;
  image?: string | undefined;
  accessibleSeats?: { row: number; number: number }[] | undefined;
};

/** What `concerts.extras` keeps: the optional keys of the import document, and the room as it was last imported. */
export type Extras = {
  image?: string | undefined;
  seatMap?: ImportDocument["seatMap"];
  /** Only sections that say more. A list: a name may be any text, also one that objects reserve. */
  sections?: (SectionExtras & { name: string })[];
  waitingRoom?: ImportDocument["waitingRoom"];
};

/** Gathers a document's optional keys, in a form that equals what the database gives back. */
export function extrasOf(document: ImportDocument): Extras {
  const sections = document.sections
    .filter(({ map, image, accessibleSeats }) => map || image || accessibleSeats)
    .map(({ name, map, image, accessibleSeats }) => ({ name, map, image, accessibleSeats }));
  const extras = {
    image: document.image,
    seatMap: document.seatMap,
    sections: sections.length > 0 ? sections : undefined,
    waitingRoom: document.waitingRoom,
  };
  return JSON.parse(JSON.stringify(extras)) as Extras;
}
