import { z } from "zod";
import type { WaitlistStatus } from "@/db/constants";

/** A fan's place on the waitlist of a sold-out performance, as that fan sees it. */
export type WaitlistEntry = {
  id: string;
  concertId: string;
  performanceId: string;
  count: number;
  /** A price tier's name, or null for any. */
  tier: string | null;
  status: WaitlistStatus;
  /** 1 for whoever is next; null unless waiting. */
  position: number | null;
  joinedAt: string;
  /** The reservation that was offered last; it is paid or given up as any other. */
  reservationId: string | null;
  /** When that offer ends or ended. */
  offerEndsAt: string | null;
};

export const joinWaitlistSchema = z.strictObject({
  count: z.int().min(1).max(100),
  tier: z.string().min(1).max(100).optional(),
});
export type JoinWaitlist = z.infer<typeof joinWaitlistSchema>;
