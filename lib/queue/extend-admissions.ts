import { type Client, statement } from "@/db/client";
import { notFound } from "@/lib/core/errors";
import { lockRoom } from "./lock-room";
import { logChange } from "./log-change";
import { MOST_EXTENSION_SECONDS } from "./schema";

const extend = statement<{ extended: number }>(
  "queue_extend_admissions",
  `with extended as (
     update queue_entries
     set admitted_until = admitted_until + make_interval(secs => $2), extension_seconds = extension_seconds + $2
     where concert_id = $1 and status = 'admitted' and admitted_until > now() and extension_seconds + $2 <= $3
     returning 1)
   select count(*) as extended from extended`,
);

/**
 * Gives everyone who is inside this many more seconds, in one statement; whoever has not claimed the turn yet has them
 * once it is claimed, too. One admission is stretched by a day at most. Answers how many were. Throws `not_found`.
 */
export async function extendAdmissions(
  db: Client,
  { concertId, seconds, by }: { concertId: string; seconds: number; by: string | null },
): Promise<{ extended: number }> {
  return await db.transaction(async (tx) => {
    // Against the ticker, which ends admissions in an order of its own.
    const [room] = await lockRoom(tx, [concertId]);
    if (!room) throw notFound("concert");
    const [row] = await extend(tx, [concertId, seconds, MOST_EXTENSION_SECONDS]);
    const extended = row?.extended ?? 0;
    await logChange(tx, { concertId, by, kind: "extension", before: {}, after: { seconds, extended } });
    return { extended };
  });
}
