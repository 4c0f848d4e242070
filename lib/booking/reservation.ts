import type { ReservationStatus } from "@/db/constants";
import type { Reservation, ReservationSeat } from "./schema";

/** A row of `reservations` as the statements of this module read it. */
export type ReservationRow = {
  id: string;
  concert_id: string;
  user_id: string;
  performance_id: string;
  status: ReservationStatus;
  seats: ReservationSeat[];
  amount: number;
  currency: string;
  created_at: Date;
  expires_at: Date;
  paid_at: Date | null;
  refunded_seats: ReservationSeat[];
  extensions: number;
  offered: boolean;
};

/** The columns of a reservation, its status as of the database's clock: a hold past its end is `expired`. */
export const RESERVATION_COLUMNS = `id, concert_id, user_id, performance_id, seats, amount, currency, created_at, expires_at, paid_at, refunded_seats, extensions, offered,
  case when status = 'held' and expires_at <= now() then 'expired' else status end as status`;

export const reservationOf = (row: ReservationRow): Reservation => ({
  id: row.id,
  concertId: row.concert_id,
  status: row.status,
  performanceId: row.performance_id,
  seats: row.seats,
  amount: row.amount,
  currency: row.currency,
  createdAt: row.created_at.toISOString(),
  expiresAt: row.expires_at.toISOString(),
  paidAt: row.paid_at?.toISOString() ?? null,
  refundedSeats: row.refunded_seats,
  extensions: row.extensions,
  offered: row.offered,
});
