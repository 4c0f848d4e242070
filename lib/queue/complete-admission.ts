import { type Db, statement } from "@/db/client";
import { forgetAdmission, type PresentedToken } from "./admission";

const complete = statement<never>(
  "queue_complete",
  `update queue_entries set status = 'completed', ended_at = now()
   where concert_id = $1 and id = any((select $2::uuid[])::uuid[]) and status = 'admitted'`,
);

/** Ends the admissions to one concert whose fans have bought all that one may; their places go to the next in line. */
export async function completeAdmissions(
  tx: Db,
  concertId: string,
  admissions: readonly PresentedToken[],
): Promise<void> {
  if (admissions.length === 0) return;
  const entryIds = admissions.map(({ entryId }) => entryId);
  await complete(tx, [concertId, entryIds]);
  for (const entryId of entryIds) forgetAdmission(entryId);
}
