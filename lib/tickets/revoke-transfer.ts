import { type Db, statement } from "@/db/client";
import { getTicket } from "./queries";

// Either this or the claim sets its column first; the other finds the link closed.
const revoke = statement<never>(
  "tickets_revoke_transfer",
  `update ticket_transfers set revoked_at = now()
   where concert_id = $1 and ticket_id = $2 and from_user_id = $3 and claimed_at is null and revoked_at is null`,
);

/** Takes a ticket's open link back; without one, nothing happens. Throws `not_found` for a ticket that is not one's own. */
export async function revokeTransfer(
  db: Db,
  { ticketId, userId }: { ticketId: string; userId: string },
): Promise<void> {
  const { concert } = await getTicket(db, { ticketId, userId });
  await revoke(db, [concert.id, ticketId, userId]);
}
