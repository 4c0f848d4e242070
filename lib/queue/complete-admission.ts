import { type Db, statement } from "@/db/client";
import { forgetAdmission, type PresentedToken } from "./admission";

const complete = statement<never>(
  "queue_complete",
  `update queue_entries set status = 'completed', ended_at = now()
   where concert_id = $1 and id = $2 and status = 'admitted'`,
);

/** Ends an admission whose fan has bought all that one may; the slot goes to the next in line. */
export async function completeAdmission(tx: Db, admission: PresentedToken): Promise<void> {
  await complete(tx, [admission.concertId, admission.entryId]);
  forgetAdmission(admission.entryId);
}
