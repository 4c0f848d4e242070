import { eq } from "drizzle-orm";
import type { Db } from "@/db/client";
import { concerts } from "@/db/schema/catalog";
import { importConcert } from "./import-concert";
import { seatsPerPerformance } from "./rules";
import type { ImportDocument } from "./schema";

/** What importing a document would do. */
export type ImportPreview = {
  slug: string;
  title: string;
  created: boolean;
  performances: { startsAt: Date }[];
  /** Of all performances together. */
  seats: number;
};

/** Carries a preview out of the transaction that made it, which is thereby rolled back. */
class Rehearsed extends Error {
  constructor(readonly preview: ImportPreview) {
    super("An import was rehearsed.");
  }
}

/**
 * What `importConcert` would do with a document, without doing it. Throws `conflict` as that would. A concert that is
 * there is changed and changed back, since only the import itself knows what may still change.
 */
export async function previewImport(db: Db, document: ImportDocument): Promise<ImportPreview> {
  const { slug, title } = document;
  const [known] = await db.select({ id: concerts.id }).from(concerts).where(eq(concerts.slug, slug));
  if (!known) {
    const performances = document.performances
      .map(({ startsAt }) => ({ startsAt: new Date(startsAt) }))
      .sort((a, b) => a.startsAt.getTime() - b.startsAt.getTime());
    const seats = seatsPerPerformance(document.sections) * performances.length;
    return { slug, title, created: true, performances, seats };
  }
  try {
    return await db.transaction(async (tx) => {
      const { created, performances, seats } = await importConcert(tx, document);
      throw new Rehearsed({
        slug,
        title,
        created,
        performances: performances.map(({ startsAt }) => ({ startsAt })),
        seats,
      });
    });
  } catch (error) {
    if (error instanceof Rehearsed) return error.preview;
    throw error;
  }
}
