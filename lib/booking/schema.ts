import { z } from "zod";
import type { ReservationStatus } from "@/db/constants";

/** A seat as it was promised, at the price that it was promised for. */
export type ReservationSeat = { id: string; section: string; row: number; number: number; tier: string; price: number };

/** A reservation as its fan sees it (the contract's object). */
export type Reservation = {
  id: string;
  concertId: string;
  status: ReservationStatus;
  performanceId: string;
  seats: ReservationSeat[];
  amount: number;
  currency: string;
  createdAt: string;
  expiresAt: string;
  paidAt: string | null;
  /** Seats given back since they were paid, while others stayed; `amount` and `seats` are without them. */
  refundedSeats: ReservationSeat[];
  /** How often its hold was extended. */
  extensions: number;
  /** Seats that came back, offered to this fan from the waitlist. */
  offered: boolean;
};

/** More seats than any concert allows a fan are refused before the database is asked. */
const MOST_SEATS = 100;

const id = z.string().min(1).max(64);

export const bestAvailableSchema = z.strictObject({
  count: z.int().min(1).max(MOST_SEATS),
  tier: z.string().min(1).max(100).optional(),
  section: z.string().min(1).max(100).optional(),
});
export type BestAvailable = z.infer<typeof bestAvailableSchema>;

const seatIds = z
  .array(id)
  .min(1)
  .max(MOST_SEATS)
  .refine((ids) => new Set(ids).size === ids.length, "names a seat twice");

export const reserveSchema = z.union([
  z.strictObject({ performanceId: id, seatIds }),
  z.strictObject({ performanceId: id, bestAvailable: bestAvailableSchema }),
]);
export type ReserveRequest = z.infer<typeof reserveSchema>;

/** The seats that a held reservation shall have from now on. */
export const changeSeatsSchema = z.strictObject({ seatIds });
