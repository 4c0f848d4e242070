import { createClient, statement } from "@/db/client";
import { HOLD_SEATS } from "@/lib/booking/hold-seats";
import { readEnv } from "@/lib/core/env";
import { payReservation } from "@/lib/payment/pay-reservation";
import { requireAdmission } from "@/lib/queue/admission";
import type { Place } from "../data/places";
import { answerParent } from "../helper/child";

// The limits of hold and pay in Node: the product's own statement, or its own transaction, on the driver, without
// HTTP, session, token or JSON around it.
const CONNECTIONS = 16;

export type BareQuestion = { kind: "hold" | "pay"; places: Place[]; seconds: number };
export type BareAnswer = { done: number; seconds: number };

const url = readEnv().databaseUrl;
if (!url) throw new Error("DATABASE_URL is not set.");
const db = createClient(url, CONNECTIONS);
const hold = statement<{ id: string }>("bench_hold_seats", HOLD_SEATS);

const holdPlace = async ({ concertId, entryId, userId, performanceId, seatId, reservationId }: Place) => {
  const rows = await hold(db, [concertId, entryId, userId, performanceId, [seatId], reservationId, 0]);
  if (rows.length !== 1) throw new Error("A hold of a free seat was refused.");
};

async function payers(places: Place[]): Promise<((at: number) => Promise<unknown>)[]> {
  // The gate is the caller's cost, not the payment's.
  const admissions = await Promise.all(
    places.map(({ queueToken: token, concertId, userId }) => requireAdmission(db, { token, concertId, userId })),
  );
  return admissions.map((admission) => async (at) => {
    const { reservationId } = places[at] as Place;
    await payReservation(db, { admission, reservationId });
  });
}

answerParent(async ({ kind, places, seconds }: BareQuestion): Promise<BareAnswer> => {
  const work = kind === "hold" ? places.map((place) => () => holdPlace(place)) : await payers(places);
  const from = performance.now();
  const until = from + seconds * 1000;
  let next = 0;
  const loop = async () => {
    while (next < work.length && performance.now() < until) {
      const at = next;
      next += 1;
      await work[at]?.(at);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, loop));
  return { done: next, seconds: (performance.now() - from) / 1000 };
});
