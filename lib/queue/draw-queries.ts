import { type Db, statement } from "@/db/client";
import { seedHashOf } from "@/lib/catalog/queries";
import { invalidRequest, notFound } from "@/lib/core/errors";
import { oncePerProcess } from "@/lib/core/registry";
import { DRAW_ID_SQL } from "./draw-id";
import { DRAW_METHOD, type DrawFacts, PLACES_PER_PAGE, type PlacesPage } from "./draw-rules";

type FactsRow = {
  draw_seed: string;
  opens_at: Date;
  lobby_closed_at: Date | null;
  drawn_at: Date | null;
  after_number: number | null;
  places: number | null;
  digest: string | null;
};

const readFacts = statement<FactsRow>(
  "queue_read_draw",
  `select q.draw_seed, q.opens_at, q.lobby_closed_at, q.drawn_at, d.after_number, d.places, d.digest
   from queues q left join queue_draws d on d.concert_id = q.concert_id
   where q.concert_id = $1 and q."order" = 'draw'`,
);

/** What anybody may know of a concert's draw; the seed only once it is over. Throws `not_found` where nothing is drawn. */
export async function getDraw(db: Db, concertId: string): Promise<DrawFacts> {
  const [row] = await readFacts(db, [concertId]);
  if (!row) throw notFound("draw");
  return {
    method: DRAW_METHOD,
    seedHash: seedHashOf(row.draw_seed),
    opensAt: row.opens_at.toISOString(),
    closedAt: row.lobby_closed_at?.toISOString() ?? null,
    drawnAt: row.drawn_at?.toISOString() ?? null,
    digest: row.digest,
    count: row.places,
    after: row.places === null ? null : row.after_number,
    seed: row.drawn_at === null ? null : row.draw_seed,
  };
}

const readPlaces = statement<{ draw_id: string }>(
  "queue_read_places",
  `select ${DRAW_ID_SQL.replace("id::text", "entry_id::text")} as draw_id from queue_draw_places
   where concert_id = $1 and number > $2::int8 and number <= $3::int8 order by number`,
);

/** Places never change, so a page that was asked for is kept as bytes; so many of them, some megabytes. */
const PAGES_KEPT = 16;

const pages = () => oncePerProcess("queue.draw-pages", () => new Map<string, Buffer<ArrayBuffer>>());

/**
 * A page of who drew which place, as JSON: `cursor` is the `nextCursor` of the page before, or any multiple of
 * `PLACES_PER_PAGE`. Throws `not_found` until the draw is over, `invalid_request` for another cursor.
 */
export async function readPlacesPage(db: Db, concertId: string, cursor = "0"): Promise<Buffer<ArrayBuffer>> {
  const key = `${concertId} ${cursor}`;
  const kept = pages().get(key);
  if (kept) return kept;
  const { after, count, drawnAt } = await getDraw(db, concertId);
  if (drawnAt === null || after === null || count === null) throw notFound("draw that is over");
  const offset = /^\d{1,10}$/.test(cursor) ? Number(cursor) : Number.NaN;
  if (Number.isNaN(offset) || offset % PLACES_PER_PAGE !== 0 || offset > count) {
    throw invalidRequest([{ path: "cursor", message: "must be a nextCursor of this list" }]);
  }
  const end = offset + PLACES_PER_PAGE;
  const rows = await readPlaces(db, [concertId, after + offset, after + Math.min(end, count)]);
  const page: PlacesPage = {
    from: after + offset + 1,
    drawIds: rows.map((row) => row.draw_id),
    nextCursor: end < count ? String(end) : null,
  };
  const bytes = Buffer.from(JSON.stringify(page));
  if (pages().size >= PAGES_KEPT) pages().delete(pages().keys().next().value as string);
  pages().set(key, bytes);
  return bytes;
}
