import { isProblem } from "@/components/api-problem";
import type { Wire } from "@/components/wire";
import { type CheckIn, type CheckInSeat, INVALID_TICKET_REASONS, type InvalidTicketReason } from "@/lib/tickets/schema";

/** What came of one code. `again` was used before, `bad` never opens this door, `unknown` got no answer. */
export type Outcome =
  | { kind: "good"; seat: CheckInSeat; title: string; startsAt: string }
  | { kind: "again"; seat: CheckInSeat | undefined; title: string | undefined; firstAt: string }
  | { kind: "bad"; reason: InvalidTicketReason; seat: CheckInSeat | undefined; startsAt: string | undefined }
  | { kind: "unknown"; error: unknown };

/** One code at this door. */
export type Scan = { id: number; at: number; outcome: Outcome };

export const goodOutcome = ({ seat, concert, performance }: Wire<CheckIn>): Outcome => ({
  kind: "good",
  seat,
  title: concert.title,
  startsAt: performance.startsAt,
});

type Extra = Partial<Pick<Wire<CheckIn>, "seat" | "concert" | "performance">> & {
  checkedInAt?: string;
  reason?: string;
};

export function refusedOutcome(error: unknown): Outcome {
  if (!isProblem(error)) return { kind: "unknown", error };
  const { seat, concert, performance, checkedInAt, reason } = error.extra as Extra;
  if (error.code === "already_checked_in" && checkedInAt) {
    return { kind: "again", seat, title: concert?.title, firstAt: checkedInAt };
  }
  if (error.code === "ticket_invalid" || error.code === "invalid_request") {
    const known = INVALID_TICKET_REASONS.find((one) => one === reason) ?? "forged";
    return { kind: "bad", reason: known, seat, startsAt: performance?.startsAt };
  }
  return { kind: "unknown", error };
}
