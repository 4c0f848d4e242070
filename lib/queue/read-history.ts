import { type Db, statement } from "@/db/client";
import type { RoomMode } from "@/db/constants";
import { invalidRequest, notFound } from "@/lib/core/errors";
import { EPOCH, INSIDE, WAITING } from "./history";
import { MOST_POINTS, predictEmpty, stepFor } from "./history-rules";
import type { HistoryPoint, RoomHistory, RoomOutlook } from "./schema";
import { addWaits, waitPercentile } from "./wait-rules";

type PointRow = {
  at: Date;
  seconds: number;
  joined: number;
  admitted: number;
  departed: number;
  invited: number;
  expired: number;
  waiting: number | null;
  inside: number | null;
  seats_left: number | null;
  waits: number[][] | null;
};

const readPoints = statement<PointRow>(
  "queue_read_history",
  `select date_bin(make_interval(secs => $4), at, ${EPOCH}) as at, greatest($4::int, max(seconds)) as seconds,
          sum(joined)::int as joined, sum(admitted)::int as admitted, sum(departed)::int as departed,
          sum(invited)::int as invited, sum(expired)::int as expired, round(avg(waiting))::int as waiting,
          round(avg(inside))::int as inside, min(seats_left) as seats_left,
          json_agg(waits) filter (where waits is not null) as waits
   from queue_history where concert_id = $1 and at >= $2 and at < $3
   group by 1 order by 1`,
);

type OutlookRow = {
  waiting: number;
  inside: number;
  mode: RoomMode;
  joined: number;
  admitted: number;
  departed: number;
  invited: number;
  seconds: number;
};

/** The last five minutes, or what there is of them. */
const readLately = statement<OutlookRow>(
  "queue_read_outlook",
  `select ${WAITING} as waiting, ${INSIDE} as inside, q.mode, h.*
   from queues q,
     lateral (select coalesce(sum(joined), 0)::int as joined, coalesce(sum(admitted), 0)::int as admitted,
                     coalesce(sum(departed), 0)::int as departed, coalesce(sum(invited), 0)::int as invited,
                     least(300, greatest(10, coalesce(extract(epoch from now() - min(at)), 10)))::float8 as seconds
              from queue_history where concert_id = $1 and at > now() - interval '5 minutes') h
   where q.concert_id = $1`,
);

/**
 * What happened in a room between two instants (the last hour unless given), in points of `step` seconds: as fine as
 * 1,500 points allow unless given. At a cost that depends on the time asked for, not on the number of fans. Throws
 * `not_found`, and `invalid_request` for a time or a step that does not fit.
 */
export async function readHistory(
  db: Db,
  asked: { concertId: string; from?: Date | undefined; to?: Date | undefined; step?: number | undefined },
): Promise<RoomHistory> {
  const { concertId, to = new Date() } = asked;
  const from = asked.from ?? new Date(to.getTime() - 3_600_000);
  const seconds = (to.getTime() - from.getTime()) / 1000;
  if (seconds <= 0) throw invalidRequest([{ path: "from", message: "must be before to" }]);
  const step = asked.step ?? stepFor(seconds);
  if (seconds / step > MOST_POINTS) {
    const [path, detail] =
      asked.step === undefined ? ["from", "is too long ago"] : ["step", "is too fine for this time"];
    throw invalidRequest([{ path, message: `${detail}: a history has ${MOST_POINTS} points at most` }]);
  }
  const now = await readOutlook(db, concertId);
  const rows = await readPoints(db, [concertId, from, to, step]);
  return { from: from.toISOString(), to: to.toISOString(), stepSeconds: step, items: rows.map(pointOf), now };
}

/** How a room does now: rates of the last five minutes, and when its line will have run out. Throws `not_found`. */
export async function readOutlook(db: Db, concertId: string): Promise<RoomOutlook> {
  const [row] = await readLately(db, [concertId]);
  if (!row) throw notFound("concert");
  const perMinute = (count: number) => Math.round((count * 600) / row.seconds) / 10;
  return {
    waiting: row.waiting,
    inside: row.inside,
    joinedPerMinute: perMinute(row.joined),
    admittedPerMinute: perMinute(row.admitted + row.invited),
    departedPerMinute: perMinute(row.departed),
    emptyInSeconds: predictEmpty(row),
  };
}

function pointOf(row: PointRow): HistoryPoint {
  const waits: number[] = [];
  for (const counts of row.waits ?? []) addWaits(waits, counts);
  return {
    at: row.at.toISOString(),
    seconds: row.seconds,
    joined: row.joined,
    admitted: row.admitted,
    departed: row.departed,
    invited: row.invited,
    expired: row.expired,
    waiting: row.waiting,
    inside: row.inside,
    seatsLeft: row.seats_left,
    waitSecondsP50: waitPercentile(waits, 0.5),
    waitSecondsP90: waitPercentile(waits, 0.9),
  };
}
