import { type Db, statement } from "@/db/client";
import { notTransferable, ticketInvalid } from "./errors";
import { getTicket } from "./queries";
import type { Ticket } from "./schema";
import { readTransferToken } from "./transfer-token";
import { getOpenTransfer } from "./transfers";

// The serial decides between two who claim at the same moment, and, with the status, against the door and a refund.
const takeOver = statement<{ serial: number }>(
  "tickets_take_over",
  `update tickets t set user_id = $3, serial = t.serial + 1
   from ticket_transfers x, performances p
   where t.concert_id = $1 and t.id = x.ticket_id
     and x.concert_id = $1 and x.id = $2
     and t.serial = x.serial and t.user_id = x.from_user_id and t.user_id <> $3 and t.status = 'issued'
     and p.concert_id = $1 and p.id = t.performance_id and p.starts_at > now()
   returning t.serial`,
);

// This one between the claim and its link being taken back or lapsing.
const close = statement<{ id: string }>(
  "tickets_close_transfer",
  `update ticket_transfers set to_user_id = $3, claimed_at = now()
   where concert_id = $1 and id = $2 and claimed_at is null and revoked_at is null and expires_at > now()
   returning id`,
);

/**
 * Makes the ticket of a link its opener's: the code changes, the former holder's is dead from then on. Claiming again
 * what one has claimed answers the same ticket. Throws `ticket_invalid` for a link that is not ours and `conflict` with
 * the `reason` for one that is over.
 */
export async function claimTicket(db: Db, { token, userId }: { token: string; userId: string }): Promise<Ticket> {
  const ids = readTransferToken(token);
  if (!ids) throw ticketInvalid("forged");
  const { concertId, transferId } = ids;
  const asked = { concertId, transferId, userId };
  const isTaken = await db.transaction(async (tx) => {
    // The ticket first, as whoever locks both does.
    const [taken] = await takeOver(tx, [concertId, transferId, userId]);
    if (!taken) return false;
    const [closed] = await close(tx, [concertId, transferId, userId]);
    if (closed) return true;
    await getOpenTransfer(tx, asked);
    throw notTransferable("revoked");
  });
  const { ticketId, isMine } = await getOpenTransfer(db, asked);
  if (!isTaken && !isMine) throw notTransferable("claimed");
  return await getTicket(db, { ticketId, userId });
}
