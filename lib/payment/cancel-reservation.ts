import type { Db } from "@/db/client";
import { getReservation } from "@/lib/booking/queries";
import { releaseHold } from "@/lib/booking/release-seats";
import { refundTickets } from "./refund-tickets";

/**
 * Gives a reservation up: a hold is released at once; a paid one is refunded to the wallet, its tickets void and its
 * seats on sale again, up to the concert's `refundUntilHours` before the performance and while no ticket was used or
 * given away. Throws `not_found`, `not_cancellable`.
 */
export async function cancelReservation(
  db: Db,
  whose: { concertId: string; reservationId: string; userId: string },
): Promise<void> {
  const reservation = await getReservation(db, whose);
  if (reservation.status === "held" && (await releaseHold(db, whose))) return;
  // Paid in the meantime, perhaps.
  await refundTickets(db, whose);
}
