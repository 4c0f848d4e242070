import type { Client } from "@/db/client";
import { HOLD_SEATS } from "@/lib/booking/hold-seats";
import type { Place } from "../data/places";
import { type PgbenchJob, type PgbenchResult, plantPlaces, runPgbench } from "./pgbench";

// The limit of a hold: the product's statement, every transaction on another free seat for another admitted fan.
const PARAMETERS = ["concert_id", "entry_id", "user_id", "performance_id", "seat_ids", "reservation_id"];

const script = (): string => {
  const hold = HOLD_SEATS.replaceAll(/\$(\d)/g, (_, digit: string) => {
    const name = PARAMETERS[Number(digit) - 1];
    // The generation of a token that was never replaced.
    if (!name) return "0";
    return name === "seat_ids" ? ":seat_ids" : `:${name}::uuid`;
  });
  return `${hold.trim()};\n`;
};

/** Holds each place once. Throws if pgbench fails or a hold was refused. */
export async function holdWithPgbench(
  db: Client,
  { places, ...where }: Pick<PgbenchJob, "program" | "url" | "dir" | "cleanup"> & { places: Place[] },
): Promise<PgbenchResult> {
  await plantPlaces(db, places);
  return await runPgbench({ ...where, name: "hold", script: script(), places: places.length });
}
