import { type Db, statement } from "@/db/client";
import type { TicketStatus } from "@/db/constants";
import { AppError } from "@/lib/core/errors";
import { readTicketCode } from "./code";
import { ticketInvalid } from "./errors";
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

const PRINTED = `from seats s, sections c, price_tiers p, performances f, concerts n
   where t.concert_id = $1 and t.id = $2
     and s.concert_id = $1 and s.id = t.seat_id
     and c.concert_id = $1 and c.id = s.section_id
     and p.concert_id = $1 and p.id = c.tier_id
     and f.concert_id = $1 and f.id = t.performance_id
     and n.id = $1`;

const COLUMNS = `c.name as section, s.row, s.number, p.name as tier, n.title, t.performance_id, f.starts_at, t.checked_in_at`;

// The condition on status and serial decides between doors that read one code at the same moment, and against a ticket
// that changes hands meanwhile.
const checkIn = statement<Row>(
  "tickets_check_in",
  `update tickets t set status = 'checked_in', checked_in_at = now()
   ${PRINTED} and t.status = 'issued' and t.serial = $3 and ($4::uuid is null or t.performance_id = $4)
   returning ${COLUMNS}`,
);

const look = statement<Row & { status: TicketStatus; serial: number }>(
  "tickets_look",
  `select t.status, t.serial, ${COLUMNS} ${PRINTED.replace("from ", "from tickets t, ")}`,
);

const printedOf = ({ section, row, number, tier, title, performance_id, starts_at }: Row, concertId: string) => ({
  seat: { section, row, number, tier },
  concert: { id: concertId, title },
  performance: { id: performance_id, startsAt: starts_at },
});

/**
 * Lets a ticket in at the door, once; with a `performanceId`, only to that performance. Throws `already_checked_in` with
 * `checkedInAt` and the seat for a second time, and `ticket_invalid` with its `reason` for a code that is forged, of an
 * earlier holder, of a void ticket or for another performance.
 */
export async function checkInTicket(
  db: Db,
  { code, performanceId }: { code: string; performanceId?: string | undefined },
): Promise<CheckIn> {
  const ids = readTicketCode(code);
  if (!ids) throw ticketInvalid("forged");
  const { concertId, ticketId, serial } = ids;
  const [row] = await checkIn(db, [concertId, ticketId, serial, performanceId ?? null]);
  if (row) return { ticketId, ...printedOf(row, concertId), checkedInAt: row.checked_in_at };

  const [ticket] = await look(db, [concertId, ticketId]);
  if (!ticket) throw ticketInvalid("forged");
  if (ticket.serial !== serial) throw ticketInvalid("transferred");
  if (ticket.status === "void") throw ticketInvalid("void");
  const { seat, concert, performance } = printedOf(ticket, concertId);
  if (performanceId && ticket.performance_id !== performanceId) {
    throw ticketInvalid("other_performance", { seat, concert, performance });
  }
  throw new AppError("already_checked_in", "This ticket was already used.", {
    checkedInAt: ticket.checked_in_at,
    seat,
    concert,
    performance,
  });
}
