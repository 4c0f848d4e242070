import { isDeepStrictEqual } from "node:util";
import type { Db } from "@/db/client";
import type { RoomChangeKind } from "@/db/constants";
import { queueChanges } from "@/db/schema/queue";
import { newId } from "@/lib/core/ids";

type Values = Record<string, unknown>;

/**
 * Writes a line of a waiting room's log, in the transaction of the change itself. `by` is an account's id, or null where
 * it is nobody's doing or the command line's.
 */
export async function logChange(
  tx: Db,
  change: { concertId: string; by: string | null; kind: RoomChangeKind; before: Values; after: Values },
): Promise<void> {
  const { by, ...values } = change;
  await tx.insert(queueChanges).values({ id: newId(), userId: by, ...values });
}

/** What differs between two states, of the first one and of the second one. */
export function difference<T extends object>(before: T, after: Partial<T>): { before: Values; after: Values } {
  const keys = (Object.keys(after) as (keyof T & string)[]).filter(
    (key) => after[key] !== undefined && !isDeepStrictEqual(after[key], before[key]),
  );
  return {
    before: Object.fromEntries(keys.map((key) => [key, before[key]])),
    after: Object.fromEntries(keys.map((key) => [key, after[key]])),
  };
}
