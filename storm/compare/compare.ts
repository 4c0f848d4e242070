import { compareKeys } from "./keys";
import { compareMoney } from "./money";
import { comparePlaces } from "./places";
import { compareReservations } from "./reservations";
import { type Case, done } from "./stored";
import { compareTickets } from "./tickets";

/** What the log says was done, counted. */
export type Compared = {
  topUps: number;
  holds: number;
  payments: number;
  refunds: number;
  places: number;
  checkIns: number;
  claims: number;
};

/**
 * Compares what the fans know with what is stored, both ways: whatever was acknowledged is there exactly once, whatever
 * was refused left nothing, nothing is there that nobody asked for, and every wallet holds what its fan can reckon.
 * Accuses in the log; to be called when everything unknown has found its end.
 */
export async function compare(all: Case): Promise<Compared> {
  const statusOf = await compareReservations(all);
  const refunds = await compareMoney(all, statusOf);
  await compareKeys(all);
  await comparePlaces(all);
  const { log } = all;
  return {
    topUps: done(log, "top up").length,
    holds: done(log, "hold").length,
    payments: done(log, "pay").length,
    refunds,
    places: log.places.size,
    ...(await compareTickets(all)),
  };
}
