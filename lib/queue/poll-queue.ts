import type { Db } from "@/db/client";
import { counter } from "@/lib/core/metrics";
import { drawIdOf } from "./draw-id";
import { readEntry, waitingEntry } from "./entry";
import { queueTokenInvalid } from "./errors";
import { getLine, knownLine, type Line } from "./line";
import type { QueueView } from "./schema";
import type { PlaceClaims, QueueClaims } from "./token";
import { tokenOf, viewOf, waitingMembers } from "./view";

const POLLS = ["frontrow_polls_total", "Polls of a place in line, by where the answer came from."] as const;
const fromMemory = counter(...POLLS, { source: "memory" });
const fromDatabase = counter(...POLLS, { source: "database" });

/**
 * Where a fan stands. Whoever waits is answered from memory; only those whose number came up (or who are in the
 * lobby) are looked up. Throws `queue_token_invalid`, `not_found`, `unavailable`.
 */
export async function pollQueue(db: Db, claims: QueueClaims): Promise<QueueView> {
  const line = await getLine(db, claims.concertId);
  if (claims.number !== null && line.isWaiting(claims.number)) {
    if (!line.isCurrent(claims.number, claims.generation)) throw queueTokenInvalid();
    return viewOf(line, waitingEntry({ ...claims, id: claims.entryId }));
  }
  fromDatabase.add();
  const entry = await readEntry(db, claims.concertId, claims.entryId);
  if (!entry || entry.generation !== claims.generation) throw queueTokenInvalid();
  if (entry.number !== null) line.note({ lastNumber: entry.number });
  const view = viewOf(line, entry);
  if (claims.number !== null) return view;
  const drawn = { ...view, drawId: drawIdOf(entry.id) };
  return entry.number === null ? drawn : { token: tokenOf(claims.concertId, entry), ...drawn };
}

/**
 * The same answer as bytes, at once, for whoever waits in a line that this process knows; null sends the caller to
 * `pollQueue`. This is the product's most frequent call: it reads nothing, looks nobody up and serialises by hand.
 */
export function pollWaiting(db: Db, { concertId, number, generation, enteredAt }: QueueClaims): string | null {
  const line = knownLine(db, concertId);
  return line ? waitingBytes(line, { number, generation, enteredAtMs: enteredAt.getTime() }) : null;
}

/** The same for a line in hand. */
export function waitingBytes(line: Line, { number, generation, enteredAtMs }: PlaceClaims): string | null {
  if (!line.touch() || number === null || !line.isWaiting(number) || !line.isCurrent(number, generation)) return null;
  fromMemory.add();
  return `{${waitingMembers(line, number, enteredAtMs)}`;
}

/** The line's pulse as bytes: the same for everybody. Throws `not_found`, `unavailable`. */
export async function readPulse(db: Db, concertId: string): Promise<string> {
  return (await getLine(db, concertId)).pulseBody;
}
