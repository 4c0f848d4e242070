import { type Db, statement } from "@/db/client";
import type { TicketStatus } from "@/db/constants";
import { AppError } from "@/lib/core/errors";
import { readTicketCode } from "./code";
import type { CheckIn } from "./schema";

type Row = {
  section: string;
  row: number;
  number: number;
  tier: string;
  title: string;
  performance_id: string;
  starts_at: Date;
  checked_in_at: Date;
};

// The condition on the status decides between doors that read the same code at the same moment.
const checkIn = statement<Row>(
  "tickets_check_in",
  `update tickets t set status = 'checked_in', checked_in_at = now()
   from seats s, sections c, price_tiers p, performances f, concerts n
   where t.concert_id = $1 and t.id = $2 and t.status = 'issued'
     and s.concert_id = $1 and s.id = t.seat_id
     and c.concert_id = $1 and c.id = s.section_id
     and p.concert_id = $1 and p.id = c.tier_id
     and f.concert_id = $1 and f.id = t.performance_id
     and n.id = $1
   returning c.name as section, s.row, s.number, p.name as tier, n.title, t.performance_id, f.starts_at, t.checked_in_at`,
);

const look = statement<{ status: TicketStatus; checked_in_at: Date | null }>(
  "tickets_look",
  "select status, checked_in_at from tickets where concert_id = $1 and id = $2",
);

/**
 * Lets a ticket in at the door, once. Throws `already_checked_in` with `checkedInAt` for a second time and
 * `ticket_invalid` for a code that is forged or whose ticket is void.
 */
export async function checkInTicket(db: Db, { code }: { code: string }): Promise<CheckIn> {
  const ids = readTicketCode(code);
  if (!ids) throw ticketInvalid();
  const { concertId, ticketId } = ids;
  const [row] = await checkIn(db, [concertId, ticketId]);
  if (row) {
    const { section, number, tier, title } = row;
    return {
      ticketId,
      seat: { section, row: row.row, number, tier },
      concert: { id: concertId, title },
      performance: { id: row.performance_id, startsAt: row.starts_at },
      checkedInAt: row.checked_in_at,
    };
  }
  const [ticket] = await look(db, [concertId, ticketId]);
  if (ticket?.status !== "checked_in") throw ticketInvalid();
  throw new AppError("already_checked_in", "This ticket was already used.", { checkedInAt: ticket.checked_in_at });
}

const ticketInvalid = () => new AppError("ticket_invalid", "This is not a valid ticket.");
