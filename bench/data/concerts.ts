import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Client } from "@/db/client";
import { importConcert } from "@/lib/catalog/import-concert";
import { readImportFile } from "@/lib/catalog/import-file";

const DAY_MS = 86_400_000;

export type BenchConcert = { id: string; performanceId: string };

/** An example's import document. */
export async function readExample(example: string) {
  const file = fileURLToPath(new URL(`../../examples/${example}.json`, import.meta.url));
  return JSON.parse(await readFile(file, "utf8"));
}

/**
 * One of the example concerts under a name of its own, on sale now, in a month, with a room in which nobody moves
 * unless `room` says otherwise: whoever is to be admitted is planted so.
 */
export async function makeConcert(
  db: Client,
  example: string,
  slug: string,
  room: { mode?: "on" | "paused"; activeLimit?: number; admissionsPerMinute?: number } = {},
): Promise<BenchConcert> {
  const document = await readExample(example);
  const now = Date.now();
  document.slug = slug;
  document.performances = [{ startsAt: new Date(now + 30 * DAY_MS).toISOString() }];
  document.sale = { opensAt: new Date(now - DAY_MS).toISOString(), closesAt: null };
  // A hold must outlast the whole run.
  document.holdSeconds = 7200;
  Object.assign(document.waitingRoom, { mode: "paused", order: "fifo" }, room);
  const { id, performances } = await importConcert(db, readImportFile(Buffer.from(JSON.stringify(document))));
  return { id, performanceId: performances[0]?.id as string };
}

/**
 * Takes a concert out of the ticker's work and its line out of the database, so that the next measurement pays for neither:
 * rows that are only deleted have PostgreSQL clear up after them for minutes, beside whatever is measured then.
 */
export async function retire(db: Client, concertId: string): Promise<void> {
  await db.$client.query("delete from queue_entries where concert_id = $1", [concertId]);
  await db.$client.query("delete from queue_departures where concert_id = $1", [concertId]);
  await db.$client.query("update queues set served_through = last_number where concert_id = $1", [concertId]);
  await db.$client.query("vacuum (analyze) queue_entries, queue_departures");
  await db.$client.query("checkpoint");
}
