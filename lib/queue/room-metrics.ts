import { type Db, statement } from "@/db/client";
import { ROOM_MODES, type RoomMode } from "@/db/constants";
import type { Metric } from "@/lib/core/metrics";
import { INSIDE, WAITING } from "./history";
import { addWaits, waitPercentile } from "./wait-rules";

/** A collector gets no more rooms than this at one time. */
const MOST_ROOMS = 500;

type Row = {
  slug: string;
  mode: RoomMode;
  waiting: number;
  inside: number;
  joined: number;
  admitted: number;
  invited: number;
  left: number;
  expired: number;
  seats_left: number | null;
  waits: (number[] | null)[] | null;
};

/** Rooms in which anything happened within ten minutes, or somebody waits. */
const readRooms = statement<Row>(
  "queue_read_room_metrics",
  `select c.slug, q.mode, ${WAITING} as waiting, ${INSIDE} as inside, q.last_number + q.lobby + q.left_lobby as joined,
          q.admissions as admitted, q.invited, q.departures - q.invited + q.left_lobby + q.left_inside as left, q.expired,
          h.seats_left, h.waits
   from queues q
     join concerts c on c.id = q.concert_id,
     lateral (select (array_agg(seats_left order by at desc) filter (where seats_left is not null))[1] as seats_left,
                     json_agg(waits) filter (where waits is not null) as waits, count(*) as n
              from queue_history where concert_id = q.concert_id and at > now() - interval '10 minutes') h
   where h.n > 0 or ${WAITING} > 0
   order by c.slug limit ${MOST_ROOMS}`,
);

/** What Prometheus is told of the waiting rooms that are busy, from counters alone. */
export async function readRoomMetrics(db: Db): Promise<Metric[]> {
  const rows = await readRooms(db, []);
  const of = (type: "gauge" | "counter", name: string, help: string, value: (row: Row) => number | null): Metric => ({
    name: `frontrow_room_${name}`,
    help,
    type,
    samples: rows.flatMap((row) => {
      const read = value(row);
      return read === null ? [] : [{ labels: { concert: row.slug }, value: read }];
    }),
  });
  return [
    of("gauge", "waiting", "Fans in line or in the lobby.", (row) => row.waiting),
    of("gauge", "inside", "Fans whose turn it is.", (row) => row.inside),
    of("gauge", "seats_left", "Seats that are free, as last counted.", (row) => row.seats_left),
    of("counter", "joined_total", "Fans who came.", (row) => row.joined),
    of("counter", "admitted_total", "Turns that came up in the line.", (row) => row.admitted),
    of("counter", "invited_total", "Fans who passed the line by an invitation.", (row) => row.invited),
    of("counter", "left_total", "Fans who left, before their turn or during it.", (row) => row.left),
    of("counter", "expired_total", "Turns that ended by time.", (row) => row.expired),
    {
      name: "frontrow_room_mode",
      help: "1 for the mode that a room is in.",
      type: "gauge",
      samples: rows.flatMap((row) =>
        ROOM_MODES.map((mode) => ({ labels: { concert: row.slug, mode }, value: Number(row.mode === mode) })),
      ),
    },
    {
      name: "frontrow_room_wait_seconds",
      help: "How long those waited who were admitted in the last ten minutes.",
      type: "gauge",
      samples: rows.flatMap((row) => waitsOf(row)),
    },
  ];
}

function waitsOf({ slug, waits }: Row) {
  const counts: number[] = [];
  for (const some of waits ?? []) addWaits(counts, some);
  return [0.5, 0.9].flatMap((share) => {
    const value = waitPercentile(counts, share);
    return value === null ? [] : [{ labels: { concert: slug, quantile: String(share) }, value }];
  });
}
