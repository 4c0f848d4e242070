import { z } from "zod";
import type { TicketStatus } from "@/db/constants";

/** Body of `POST /api/admin/check-ins`. With a performance, tickets of any other are refused and stay unused. */
export const checkInSchema = z.strictObject({
  code: z.string().min(1).max(200),
  performanceId: z.uuid().optional(),
});

/** Body of `POST /api/tickets/claims` and of its preview: what stands in the link after `#`. */
export const claimSchema = z.strictObject({ token: z.string().min(1).max(200) });

/** Why the door refuses a code: not ours, of a cancelled ticket, of an earlier holder, for another performance. */
export const INVALID_TICKET_REASONS = ["forged", "void", "transferred", "other_performance"] as const;
export type InvalidTicketReason = (typeof INVALID_TICKET_REASONS)[number];

/** Why a ticket cannot change hands. */
export const TRANSFER_REFUSALS = ["own", "claimed", "revoked", "lapsed", "checked_in", "void", "started"] as const;
export type TransferRefusal = (typeof TRANSFER_REFUSALS)[number];

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
  /** Whether its holder is who bought it; only that fan's reservation can be refunded. */
  bought: boolean;
  /** The open link by which somebody else may take it, if there is one. */
  transfer: TransferLink | null;
};

/** A link that hands a ticket to whoever opens it first. */
export type TransferLink = {
  token: string;
  /** Of this site, without a language; the token stands behind `#`, which no server gets to see. */
  path: string;
  expiresAt: Date;
};

/** What somebody sees of a ticket before taking it: everything but its code. */
export type TransferPreview = Pick<Ticket, "startsAt" | "section" | "row" | "number" | "tier" | "concert" | "venue"> & {
  from: { name: string };
  expiresAt: Date;
  /** Known to the fan who has taken it already. */
  ticketId: string | null;
};

/** A ticket that went to another fan. */
export type Transfer = Pick<Ticket, "startsAt" | "section" | "row" | "number" | "tier" | "concert" | "venue"> & {
  id: string;
  ticketId: string;
  to: { name: string };
  claimedAt: Date;
};

export type CheckInSeat = { section: string; row: number; number: number; tier: string };

/** What the door learns from a good ticket. */
export type CheckIn = {
  ticketId: string;
  seat: CheckInSeat;
  concert: { id: string; title: string };
  performance: { id: string; startsAt: Date };
  checkedInAt: Date;
};

/** How many of a performance's tickets were used at the door, and how many there are; void ones do not count. */
export type DoorCount = { performanceId: string; startsAt: Date; tickets: number; checkedIn: number };
