import type { Client } from "@/db/client";
import { payReservation } from "@/lib/payment/pay-reservation";
import { requireAdmission } from "@/lib/queue/admission";
import type { Place } from "../data/places";
import { FRESH_IDS, type PgbenchJob, type PgbenchResult, plantPlaces, runPgbench } from "./pgbench";
import { type Recorded, record } from "./recorded";

// The limit of a payment: the product's own transaction, every one for another held seat. Its statements are taken down
// while the product pays one reservation, so they are the product's to the letter; only the values are put in anew.
const ID = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/;

/** Finds for each value of the recorded payment what stands for it in any other. */
class Values {
  readonly #known: Map<string, string>;
  #fresh = 0;

  constructor(place: Place, amount: number) {
    this.#known = new Map([
      [place.concertId, ":concert_id::uuid"],
      [place.entryId, ":entry_id::uuid"],
      [place.userId, ":user_id::uuid"],
      [place.performanceId, ":performance_id::uuid"],
      [place.reservationId, ":reservation_id::uuid"],
      [place.seatId, "(:seat_ids::uuid[])[1]"],
      [String(amount), ":amount::int8"],
    ]);
  }

  of(value: unknown): string {
    if (Array.isArray(value)) return `array[${value.map((one) => this.of(one)).join(", ")}]`;
    if (value instanceof Date) return ":paid_at::timestamptz";
    if (value === null || typeof value === "boolean") return String(value);
    const key = String(value);
    const known = this.#known.get(key) ?? (ID.test(key) ? this.#anew(key) : null);
    if (known !== null) return known;
    if (typeof value === "number") return key;
    if (typeof value === "string") return `'${value.replaceAll("'", "''")}'`;
    throw new Error(`A payment has a value that pgbench cannot be given: ${JSON.stringify(value)}.`);
  }

  /** An id that the product made: a new one for every payment. */
  #anew(id: string): string {
    this.#fresh += 1;
    if (this.#fresh > FRESH_IDS) throw new Error(`A payment makes more than ${FRESH_IDS} new ids.`);
    const variable = `:id_${this.#fresh}::uuid`;
    this.#known.set(id, variable);
    return variable;
  }
}

/** A recorded transaction as a pgbench script; what a statement says of the time of payment is kept for later ones. */
export function scriptOf(sent: Recorded[], values: Values): string {
  return sent
    .map(({ text, values: given, row }) => {
      const filled = text.trim().replaceAll(/\$(\d+)/g, (_, digits: string) => values.of(given[Number(digits) - 1]));
      return "paid_at" in row ? `${filled} \\gset\n` : `${filled};\n`;
    })
    .join("");
}

/** Pays one place by the product and all others with pgbench. Throws if pgbench fails or a payment was refused. */
export async function payWithPgbench(
  db: Client,
  { places, ...where }: Pick<PgbenchJob, "program" | "url" | "dir" | "cleanup"> & { places: Place[] },
): Promise<PgbenchResult> {
  const [sample, ...others] = places as [Place, ...Place[]];
  const { concertId, userId, reservationId, queueToken: token } = sample;
  const admission = await requireAdmission(db, { token, concertId, userId });
  let amount = 0;
  const sent = await record(where.url, async (recording) => {
    ({ amount } = await payReservation(recording, { admission, reservationId }));
  });
  const script = scriptOf(sent, new Values(sample, amount));
  await plantPlaces(db, others);
  const result = await runPgbench({ ...where, name: "pay", script, places: others.length });
  return { ...result, done: result.done + 1 };
}
