import { type Db, statement } from "@/db/client";
import { notFound } from "@/lib/core/errors";
import { isId, newId } from "@/lib/core/ids";
import { notTransferable } from "./errors";
import { transferLink } from "./queries";
import { TRANSFER_HOURS } from "./rules";
import type { TransferLink } from "./schema";

const find = statement<{ concert_id: string }>(
  "tickets_find_held",
  "select concert_id from tickets where user_id = $1 and id = $2",
);

// Held until the link is made: the ticket cannot change hands in between.
const lock = statement<{ status: "issued" | "checked_in" | "void"; serial: number; started: boolean }>(
  "tickets_lock_held",
  `select t.status, t.serial, p.starts_at <= now() as started
   from tickets t join performances p on p.concert_id = $1 and p.id = t.performance_id
   where t.concert_id = $1 and t.id = $2 and t.user_id = $3
   for update of t`,
);

/** Links that are over, by time or because the ticket went on, make way. */
const clear = statement<never>(
  "tickets_clear_transfers",
  `update ticket_transfers set revoked_at = now()
   where concert_id = $1 and ticket_id = $2 and claimed_at is null and revoked_at is null
     and (expires_at <= now() or serial <> $3)`,
);

const insert = statement<{ id: string; expires_at: Date }>(
  "tickets_insert_transfer",
  `insert into ticket_transfers (concert_id, id, ticket_id, serial, from_user_id, created_at, expires_at)
   select $1::uuid, $3::uuid, t.id, t.serial, t.user_id, now(), least(now() + make_interval(hours => $4), p.starts_at)
   from tickets t join performances p on p.concert_id = $1 and p.id = t.performance_id
   where t.concert_id = $1 and t.id = $2
   on conflict (concert_id, ticket_id) where claimed_at is null and revoked_at is null do nothing
   returning id, expires_at`,
);

const findOpen = statement<{ id: string; expires_at: Date }>(
  "tickets_find_open_transfer",
  `select id, expires_at from ticket_transfers
   where concert_id = $1 and ticket_id = $2 and claimed_at is null and revoked_at is null`,
);

/**
 * Offers a fan's own ticket by a link, good once and for `TRANSFER_HOURS`, not beyond the performance's start. While a
 * link is open the same one is answered again, `created` false. Throws `not_found` and, with the `reason`, `conflict` for
 * a ticket that is used or void or whose performance has begun.
 */
export async function startTransfer(
  db: Db,
  { ticketId, userId }: { ticketId: string; userId: string },
): Promise<TransferLink & { created: boolean }> {
  if (!isId(ticketId)) throw notFound("ticket");
  const [ticket] = await find(db, [userId, ticketId]);
  if (!ticket) throw notFound("ticket");
  const { concert_id: concertId } = ticket;
  return await db.transaction(async (tx) => {
    const [held] = await lock(tx, [concertId, ticketId, userId]);
    if (!held) throw notFound("ticket");
    if (held.status !== "issued") throw notTransferable(held.status);
    if (held.started) throw notTransferable("started");
    await clear(tx, [concertId, ticketId, held.serial]);
    const [made] = await insert(tx, [concertId, ticketId, newId(), TRANSFER_HOURS]);
    const [open] = made ? [made] : await findOpen(tx, [concertId, ticketId]);
    if (!open) throw notTransferable("revoked");
    const link = transferLink({ concertId, transferId: open.id, expiresAt: open.expires_at });
    return { ...link, created: made !== undefined };
  });
}
