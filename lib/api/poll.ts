import type { Client } from "@/db/client";
import { asciiJson } from "@/lib/core/ascii-json";
import { queueTokenInvalid, queueTokenRequired } from "@/lib/queue/errors";
import { knownLine } from "@/lib/queue/line";
import { pollQueue, pollWaiting, readPulse, waitingBytes } from "@/lib/queue/poll-queue";
import { type QueueClaims, readPlace, readQueueToken } from "@/lib/queue/token";

/** What a queue token says, if it is for this concert. Throws `queue_token_required`, `queue_token_invalid`. */
export function claimsFor(token: string | undefined, concertId: string): QueueClaims {
  if (!token) throw queueTokenRequired();
  const claims = readQueueToken(token);
  if (claims?.concertId !== concertId) throw queueTokenInvalid();
  return claims;
}

/** Where a fan stands, as the bytes that go out, for whoever waits in a line that this process knows; else null. */
export function pollBytesNow(db: Client, concertId: string, token: string): string | null {
  const line = knownLine(db, concertId);
  const place = line && readPlace(token, line.concertIdBytes);
  return place ? waitingBytes(line, place) : null;
}

/** Where a fan stands, as the bytes that go out. Throws what `pollQueue` throws. */
export async function pollBytes(db: Client, claims: QueueClaims): Promise<string> {
  return pollWaiting(db, claims) ?? asciiJson(await pollQueue(db, claims));
}

/** The line's pulse as the bytes that go out, where this process knows the line; else null. */
export function pulseBytesNow(db: Client, concertId: string): string | null {
  const line = knownLine(db, concertId);
  return line?.touch() ? line.pulseBody : null;
}

/** The line's pulse, as the bytes that go out. Throws what `readPulse` throws. */
export const pulseBytes = (db: Client, concertId: string): Promise<string> => readPulse(db, concertId);
