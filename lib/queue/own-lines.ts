import { type Db, statement } from "@/db/client";
import { ENTRY_COLUMNS, type EntryRow, entryOf } from "./entry";
import { getLine } from "./line";
import type { OwnLine } from "./schema";
import { viewOf } from "./view";

type OwnRow = EntryRow & {
  concert_id: string;
  slug: string;
  title: string;
  artist: string;
  venue_name: string;
  venue_time_zone: string;
};

/**
 * One look into the index of live places for every concert that anybody ever joined: the places themselves lead with the
 * concert, and an index by fan would be paid for by every join.
 */
const readOwn = statement<OwnRow>(
  "queue_read_own_lines",
  `select q.concert_id, c.slug, c.title, c.artist, c.venue_name, c.time_zone as venue_time_zone, e.*
   from queues q join concerts c on c.id = q.concert_id,
     lateral (select ${ENTRY_COLUMNS} from queue_entries
              where concert_id = q.concert_id and user_id = $1 and status in ('lobby', 'waiting', 'admitted')
              offset 0) e
   where q.last_number > 0 or q.lobby > 0
   order by e.entered_at`,
);

/** All lines that a fan stands in or is inside of now, in the order in which the fan came. Throws `unavailable`. */
export async function listOwnLines(db: Db, userId: string): Promise<OwnLine[]> {
  const rows = (await readOwn(db, [userId])).filter((row) => row.status !== "expired");
  return await Promise.all(
    rows.map(async (row) => ({
      concert: {
        id: row.concert_id,
        slug: row.slug,
        title: row.title,
        artist: row.artist,
        venue: { name: row.venue_name, timeZone: row.venue_time_zone },
      },
      queue: viewOf(await getLine(db, row.concert_id), entryOf(row)),
    })),
  );
}
