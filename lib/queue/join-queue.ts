import type { Client } from "@/db/client";
import { asciiJson } from "@/lib/core/ascii-json";
import { doorOf, type Joined } from "./door";
import { drawIdOf } from "./draw-id";
import type { Entry } from "./entry";
import type { Line } from "./line";
import { checkProof } from "./proof-of-work";
import type { QueueView } from "./schema";
import { tokenOf, viewOf, waitingMembers } from "./view";

/** Who wants to join which line. `address` is what limits per address count by, `proof` the proof of work, if any. */
export type Asking = { concertId: string; userId: string; address?: string | null; proof?: string | undefined };

/**
 * Puts a fan at the end of a concert's line, or finds the place that the fan has already. Joins of one process that
 * arrive together share one durable transaction; numbers follow the order of commits, also across processes.
 * Throws `queue_closed`, `not_found`, `unavailable`, and `rate_limited`, with a `challenge` where work helps.
 */
export async function joinQueue(db: Client, asking: Asking): Promise<{ created: boolean; view: QueueView }> {
  const { created, entry, line } = await place(db, asking);
  return { created, view: joinedView(line, entry) };
}

/** The same with its answer as bytes; for whoever waits from now on, which is nearly everybody, serialised by hand. */
export async function joinBytes(db: Client, asking: Asking): Promise<{ created: boolean; bytes: string }> {
  const { created, entry, line } = await place(db, asking);
  const { number, status, deferredTo } = entry;
  const isPlain = status === "waiting" && number !== null && deferredTo === null && !isDrawn(line, number);
  if (!isPlain) return { created, bytes: asciiJson(joinedView(line, entry)) };
  return {
    created,
    bytes: `{"token":"${tokenOf(line.concertId, entry)}",${waitingMembers(line, number, entry.enteredAt.getTime())}`,
  };
}

function place(db: Client, { concertId, userId, address = null, proof }: Asking): Promise<Joined> {
  const proven = proof ? checkProof(proof, { concertId, userId }) : null;
  return doorOf(db, concertId).join({ userId, address, proof: proven });
}

/** Whether a number is the draw's to give, or will be. */
const isDrawn = (line: Line, number: number | null): boolean =>
  line.order === "draw" && (number === null || number <= line.drawnThrough);

function joinedView(line: Line, entry: Entry): QueueView {
  const view: QueueView = { token: tokenOf(line.concertId, entry), ...viewOf(line, entry) };
  if (isDrawn(line, entry.number)) view.drawId = drawIdOf(entry.id);
  return view;
}
