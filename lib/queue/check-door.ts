import { statement, type Tx } from "@/db/client";
import type { AppError } from "@/lib/core/errors";
import { oncePerProcess } from "@/lib/core/registry";
import { AddressTally } from "./address-tally";
import { type Attempt, countAttempts, readAttempts, tooManyAttempts } from "./attempts";
import type { RoomRow } from "./lock-room";
import { CHALLENGE_SECONDS, makeChallenge, proofNeeded } from "./proof-of-work";
import { ADDRESS_LIMIT, LEAVE_LIMIT } from "./rules";

/** One who wants to join: the address that is counted (null: none), and what tells a proof of work that was good. */
export type Joining = { userId: string; address: string | null; proof: string | null };

/** For so long everyone proves work after too many joined in one second. */
const CHALLENGED_SECONDS = 30;

const countJoins = statement<{ is_challenged: boolean }>(
  "queue_count_joins",
  `update queues
   set joins_in_second = $2::int + case when join_second = date_trunc('second', now()) then joins_in_second else 0 end,
       join_second = date_trunc('second', now()),
       challenged_until = case
         when $2::int + case when join_second = date_trunc('second', now()) then joins_in_second else 0 end > challenge_above
         then now() + interval '${CHALLENGED_SECONDS} seconds' else challenged_until end
   where concert_id = $1
   returning coalesce(challenged_until > now(), false) as is_challenged`,
);

/** How often a fan left this line, by fan, counted where they leave. */
export const leaveKey = (userId: string): string => `left:${userId}`;
const addressKey = (address: string): string => `address:${address}`;
const proofKey = (proof: string): string => `proof:${proof}`;

const tallies = () => oncePerProcess("queue.address-tallies", () => new WeakMap<object, AddressTally>());

function tallyOf(db: object): AddressTally {
  const tally = tallies().get(db) ?? new AddressTally(ADDRESS_LIMIT.windowSeconds);
  tallies().set(db, tally);
  return tally;
}

/** Of those that join together, the ones whose addresses nobody has to count yet. */
export function untallied(db: object, concertId: string, fans: Joining[]): Joining[] {
  const tally = tallyOf(db);
  const before = new Map<string, number>();
  return fans.filter(({ address }) => {
    if (address === null) return true;
    const count = (before.get(address) ?? 0) + 1;
    before.set(address, count);
    return count <= tally.uncounted(`${concertId} ${address}`);
  });
}

/** Keeps in mind the new places of fans who were `untallied`. */
export function tallyPlaces(db: object, concertId: string, fans: Joining[]): void {
  for (const { address } of fans) if (address !== null) tallyOf(db).add(`${concertId} ${address}`, 1);
}

/**
 * Whom of those that join together the door turns away, and with what: fans who left over and over, addresses that take
 * too many places, and, where the organiser asks for it and too many come, whoever shows no proof of work. For the whole
 * batch, under the room's lock, and without a statement where nobody has left, no address is known and no work asked.
 */
export async function checkDoor(
  tx: Tx,
  { db, concertId, room, newcomers }: { db: object; concertId: string; room: RoomRow; newcomers: Joining[] },
): Promise<Map<string, AppError>> {
  const refused = new Map<string, AppError>();
  if (room.any_left) await refuseLeavers(tx, concertId, newcomers, refused);
  const challenge = (userId: string) =>
    proofNeeded(makeChallenge({ concertId, userId, bits: room.challenge_bits }), CHALLENGED_SECONDS);
  const isChallenged = room.challenge_above !== null && (await crowded(tx, concertId, newcomers.length));
  if (isChallenged) {
    for (const { userId, proof } of newcomers)
      if (!proof && !refused.has(userId)) refused.set(userId, challenge(userId));
  }
  const rest = newcomers.filter(({ userId }) => !refused.has(userId));
  const tally = tallyOf(db);
  const attempts: Attempt[] = [...perAddress(rest)].flatMap(([address, fans]) => {
    const count = tally.add(`${concertId} ${address}`, fans.length);
    return count > 0 ? [{ key: addressKey(address), count, windowSeconds: ADDRESS_LIMIT.windowSeconds }] : [];
  });
  if (isChallenged) {
    for (const { proof } of rest) {
      // Kept for longer than the challenge is good.
      if (proof) attempts.push({ key: proofKey(proof), count: 1, windowSeconds: 2 * CHALLENGE_SECONDS });
    }
  }
  const counted = await countAttempts(tx, concertId, attempts);
  for (const [address, fans] of perAddress(rest)) {
    const { count = 0, retryAfter = 0 } = counted.get(addressKey(address)) ?? {};
    // The last to come are the ones too many.
    const over = Math.min(fans.length, Math.max(0, count - ADDRESS_LIMIT.limit));
    for (const userId of fans.slice(fans.length - over)) refused.set(userId, tooManyAttempts(retryAfter));
  }
  for (const { userId, proof } of rest) {
    if (proof && (counted.get(proofKey(proof))?.count ?? 1) > 1) refused.set(userId, challenge(userId));
  }
  return refused;
}

async function refuseLeavers(
  tx: Tx,
  concertId: string,
  newcomers: Joining[],
  refused: Map<string, AppError>,
): Promise<void> {
  const left = await readAttempts(
    tx,
    concertId,
    newcomers.map(({ userId }) => leaveKey(userId)),
  );
  for (const { userId } of newcomers) {
    const { count = 0, retryAfter = 0 } = left.get(leaveKey(userId)) ?? {};
    if (count >= LEAVE_LIMIT.limit) refused.set(userId, tooManyAttempts(retryAfter));
  }
}

async function crowded(tx: Tx, concertId: string, count: number): Promise<boolean> {
  const [row] = await countJoins(tx, [concertId, count]);
  return row?.is_challenged ?? false;
}

function perAddress(fans: Joining[]): Map<string, string[]> {
  const byAddress = new Map<string, string[]>();
  for (const { userId, address } of fans) {
    if (address) byAddress.set(address, [...(byAddress.get(address) ?? []), userId]);
  }
  return byAddress;
}
