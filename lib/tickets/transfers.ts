import { inArray } from "drizzle-orm";
import { type Db, statement } from "@/db/client";
import type { TicketStatus } from "@/db/constants";
import { users } from "@/db/schema/auth";
import { notTransferable, ticketInvalid } from "./errors";
import type { TransferPreview, TransferRefusal } from "./schema";
import { readTransferToken } from "./transfer-token";

type Row = {
  ticket_id: string;
  serial: number;
  from_user_id: string;
  to_user_id: string | null;
  expires_at: Date;
  claimed_at: Date | null;
  revoked_at: Date | null;
  lapsed: boolean;
  status: TicketStatus;
  ticket_serial: number;
  holder: string;
  started: boolean;
  starts_at: Date;
  section: string;
  row: number;
  number: number;
  tier: string;
  slug: string;
  title: string;
  artist: string;
  venue_name: string;
  venue_city: string;
  time_zone: string;
};

const find = statement<Row>(
  "tickets_find_transfer",
  `select x.ticket_id, x.serial, x.from_user_id, x.to_user_id, x.expires_at, x.claimed_at, x.revoked_at,
     coalesce(x.revoked_at, now()) >= x.expires_at as lapsed,
     t.status, t.serial as ticket_serial, t.user_id as holder, f.starts_at, f.starts_at <= now() as started,
     c.name as section, s.row, s.number, p.name as tier, n.slug, n.title, n.artist, n.venue_name, n.venue_city, n.time_zone
   from ticket_transfers x
   join tickets t on t.concert_id = $1 and t.id = x.ticket_id
   join performances f on f.concert_id = $1 and f.id = t.performance_id
   join seats s on s.concert_id = $1 and s.id = t.seat_id
   join sections c on c.concert_id = $1 and c.id = s.section_id
   join price_tiers p on p.concert_id = $1 and p.id = c.tier_id
   join concerts n on n.id = $1
   where x.concert_id = $1 and x.id = $2`,
);

/** Why a link no longer gives its ticket to this fan; null while it does. */
function refusalOf(transfer: Row, userId: string): TransferRefusal | null {
  if (transfer.claimed_at) return "claimed";
  if (transfer.lapsed) return transfer.started ? "started" : "lapsed";
  if (transfer.revoked_at) return "revoked";
  if (transfer.status !== "issued") return transfer.status;
  if (transfer.started) return "started";
  return transfer.from_user_id === userId ? "own" : null;
}

/** Whether a link's ticket went to this fan, who still has it. */
const isHeldThrough = (transfer: Row, userId: string): boolean =>
  transfer.to_user_id === userId && transfer.holder === userId && transfer.ticket_serial === transfer.serial + 1;

type Asked = { concertId: string; transferId: string; userId: string };

async function getTransfer(db: Db, { concertId, transferId, userId }: Asked): Promise<Row & { isMine: boolean }> {
  const [transfer] = await find(db, [concertId, transferId]);
  if (!transfer) throw ticketInvalid("forged");
  const isMine = isHeldThrough(transfer, userId);
  const refusal = isMine ? null : refusalOf(transfer, userId);
  if (refusal) throw notTransferable(refusal);
  return { ...transfer, isMine };
}

/** The ticket that a link is still good for, or was for this very fan (`isMine`). Throws as `claimTicket` does. */
export async function getOpenTransfer(db: Db, asked: Asked): Promise<{ ticketId: string; isMine: boolean }> {
  const { ticket_id, isMine } = await getTransfer(db, asked);
  return { ticketId: ticket_id, isMine };
}

/** The names of some fans by id. Fans' own rows are read apart from a concert's, as on a cluster they must be. */
export async function namesOf(db: Db, userIds: readonly string[]): Promise<Map<string, string>> {
  if (userIds.length === 0) return new Map();
  const rows = await db
    .select({ id: users.id, name: users.name })
    .from(users)
    .where(inArray(users.id, [...new Set(userIds)]));
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/**
 * What stands behind a link, without the ticket's code. `ticketId` only for the fan who has claimed it already. Throws as
 * `claimTicket` does.
 */
export async function previewTransfer(
  db: Db,
  { token, userId }: { token: string; userId: string },
): Promise<TransferPreview> {
  const ids = readTransferToken(token);
  if (!ids) throw ticketInvalid("forged");
  const found = await getTransfer(db, { ...ids, userId });
  const names = await namesOf(db, [found.from_user_id]);
  return {
    ticketId: found.isMine ? found.ticket_id : null,
    from: { name: names.get(found.from_user_id) ?? "" },
    expiresAt: found.expires_at,
    startsAt: found.starts_at,
    section: found.section,
    row: found.row,
    number: found.number,
    tier: found.tier,
    concert: { id: ids.concertId, slug: found.slug, title: found.title, artist: found.artist },
    venue: { name: found.venue_name, city: found.venue_city, timeZone: found.time_zone },
  };
}
