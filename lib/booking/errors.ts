import type { ReservationStatus } from "@/db/constants";
import { AppError } from "@/lib/core/errors";

export const seatUnavailable = (seatIds: string[]) =>
  new AppError("seat_unavailable", "Another fan was faster: these seats are taken.", { seatIds });

export const nothingAvailable = () =>
  new AppError("seat_unavailable", "There are not that many seats side by side.", { seatIds: [] });

export const seatLimitExceeded = (limit: number) =>
  new AppError("seat_limit_exceeded", `One fan may have ${limit} seats of this concert, held and paid together.`, {
    limit,
  });

export const notOnSale = () => new AppError("not_on_sale", "This performance is not on sale now.");

/** A seat that a choice would leave free with nobody able to sit beside it. */
export type LoneSeat = { id: string; section: string; row: number; number: number };

export const seatLeftAlone = (seats: LoneSeat[]) =>
  new AppError("seat_left_alone", "This choice would leave a single seat free between taken ones.", { seats });

export const notExtendable = () => new AppError("conflict", "This hold cannot be extended any further.");

export const offerIsFixed = () => new AppError("conflict", "An offer is for these seats only: take it or leave it.");

export const reservationExpired = () => new AppError("reservation_expired", "The hold on these seats is over.");

export const reservationAlreadyPaid = () => new AppError("reservation_already_paid", "This reservation is paid.");

export const reservationCancelled = () => new AppError("reservation_cancelled", "This reservation was cancelled.");

export const notCancellable = () => new AppError("not_cancellable", "This reservation cannot be cancelled any more.");

/** Why a reservation that is not held any more cannot be changed. */
export function whyOver(status: Exclude<ReservationStatus, "held">): AppError {
  if (status === "expired") return reservationExpired();
  return status === "cancelled" ? reservationCancelled() : reservationAlreadyPaid();
}
