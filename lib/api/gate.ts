import type { Client } from "@/db/client";
import type { ErrorCode } from "@/lib/core/errors";
import { type Admission, type PresentedToken, presentToken, requireAdmission } from "@/lib/queue/admission";
import type { Caller } from "./caller";
import { idOf } from "./input";

export const QUEUE_TOKEN_HEADER = "Queue-Token";

/** How a queue token that was sent can be refused. */
export const REFUSED_TOKEN = [
  "queue_token_invalid",
  "queue_waiting",
  "admission_expired",
] as const satisfies ErrorCode[];

/** What a call behind the gate says of itself. */
export const GATED = {
  requestHeaders: { [QUEUE_TOKEN_HEADER]: "The fan's own token for this concert, admitted now." },
  problems: ["queue_token_required", ...REFUSED_TOKEN],
} as const satisfies { requestHeaders: Record<string, string>; problems: ErrorCode[] };

type Asking = {
  db: Client;
  caller: Caller;
  params: { concertId: string };
  header: (name: string) => string | undefined;
};

/**
 * The gate for a write whose own statement asks whether the fan is admitted now: only the token itself is looked at.
 * Throws `queue_token_required`, `queue_token_invalid`; the write throws the rest.
 */
export const showToken = ({ caller, params, header }: Omit<Asking, "db">): PresentedToken =>
  presentToken({
    token: header("queue-token"),
    concertId: idOf(params.concertId, "concert"),
    userId: caller.userId,
  });

/** The gate of the contract: lets the signed-in fan pass whose token is for this concert and admitted now. */
export const passGate = ({ db, caller, params, header }: Asking): Promise<Admission> =>
  requireAdmission(db, {
    token: header("queue-token"),
    concertId: idOf(params.concertId, "concert"),
    userId: caller.userId,
  });
