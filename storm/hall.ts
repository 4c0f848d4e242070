import type { Client } from "@/db/client";
import { importConcert } from "@/lib/catalog/import-concert";
import { readImportFile } from "@/lib/catalog/import-file";

/** What the fans fight for. */
export type Hall = {
  id: string;
  performances: { id: string; seatIds: string[] }[];
  /** Whether organisers change its room while the storm goes on. */
  isSteered: boolean;
};

const DAY_MS = 86_400_000;

const room = {
  mode: "on",
  order: "fifo",
  activeLimit: 60,
  admissionsPerMinute: 3000,
  sessionSeconds: 40,
  claimSeconds: 20,
};

/**
 * Three concerts whose holds and turns last seconds, so that all of them end in every way: an arena whose room keeps its
 * settings, a club that is always nearly sold out and whose organiser never rests, and a hall without a line.
 */
const DOCUMENTS = [
  { slug: "storm-arena", rows: 10, seatsPerRow: 20, nights: 3, max: 4, hold: 8, room },
  {
    slug: "storm-club",
    rows: 4,
    seatsPerRow: 8,
    nights: 1,
    max: 2,
    hold: 4,
    room: { ...room, activeLimit: 15, sessionSeconds: 20, claimSeconds: 6 },
  },
  { slug: "storm-open", rows: 6, seatsPerRow: 10, nights: 2, max: 3, hold: 5, room: { ...room, mode: "off" } },
];

export async function makeHalls(db: Client): Promise<Hall[]> {
  const halls: Hall[] = [];
  const now = Date.now();
  for (const { slug, rows, seatsPerRow, nights, max, hold, room } of DOCUMENTS) {
    const document = {
      slug,
      title: slug,
      artist: "The Storm",
      venue: { name: "Hall", city: "Seoul", timeZone: "Asia/Seoul" },
      currency: "KRW",
      tiers: [
        { name: "R", price: 30_000 },
        { name: "S", price: 10_000 },
      ],
      sections: [
        { name: "A", tier: "R", rows, seatsPerRow },
        { name: "B", tier: "S", rows, seatsPerRow },
      ],
      performances: Array.from({ length: nights }, (_, night) => ({
        startsAt: new Date(now + (30 + night) * DAY_MS).toISOString(),
      })),
      sale: { opensAt: new Date(now - DAY_MS).toISOString(), closesAt: null },
      maxSeatsPerFan: max,
      holdSeconds: hold,
      holdExtensions: 1,
      waitingRoom: room,
    };
    const { id, performances } = await importConcert(db, readImportFile(Buffer.from(JSON.stringify(document))));
    const { rows: seats } = await db.$client.query<{ id: string; performance_id: string }>(
      "select id, performance_id from seats where concert_id = $1 order by id",
      [id],
    );
    halls.push({
      id,
      performances: performances.map((performance) => ({
        id: performance.id,
        seatIds: seats.filter((seat) => seat.performance_id === performance.id).map((seat) => seat.id),
      })),
      isSteered: slug === "storm-club",
    });
  }
  return halls;
}
