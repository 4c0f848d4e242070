import { z } from "zod";
import type { TicketStatus } from "@/db/constants";

/** Body of `POST /api/admin/check-ins`. */
export const checkInSchema = z.strictObject({ code: z.string().min(1).max(200) });

/** A ticket as the payment's answer names it. `code` is what the QR code holds. */
export type TicketSummary = { id: string; code: string; section: string; row: number; number: number };

/** A ticket with everything that is printed on it. */
export type Ticket = TicketSummary & {
  status: TicketStatus;
  reservationId: string;
  performanceId: string;
  startsAt: Date;
  tier: string;
  /** What the seat cost, in minor units of `currency`. */
  price: number;
  currency: string;
  concert: { id: string; slug: string; title: string; artist: string };
  venue: { name: string; city: string; timeZone: string };
  issuedAt: Date;
  checkedInAt: Date | null;
};

/** What the door learns from a good ticket. */
export type CheckIn = {
  ticketId: string;
  seat: { section: string; row: number; number: number; tier: string };
  concert: { id: string; title: string };
  performance: { id: string; startsAt: Date };
  checkedInAt: Date;
};
