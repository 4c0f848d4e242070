import { and, desc, eq, type SQL } from "drizzle-orm";
import type { Db } from "@/db/client";
import { after, exactTime, toPage } from "@/db/paging";
import { concerts, performances, priceTiers, seats, sections } from "@/db/schema/catalog";
import { tickets } from "@/db/schema/tickets";
import { notFound } from "@/lib/core/errors";
import { isId } from "@/lib/core/ids";
import { ticketCode } from "./code";
import type { Ticket } from "./schema";

/** A fan's tickets, newest first, void ones included. Throws `invalid_request` for a cursor that is not ours. */
export async function listTickets(
  db: Db,
  { userId, limit, cursor }: { userId: string; limit: number; cursor?: string | undefined },
): Promise<{ items: Ticket[]; nextCursor: string | null }> {
  const rows = await select(
    db,
    and(eq(tickets.userId, userId), after(cursor, tickets.issuedAt, tickets.id)),
    limit + 1,
  );
  const { items, nextCursor } = toPage(rows, limit);
  return { items: items.map(withCode), nextCursor };
}

/** A fan's own ticket; throws `not_found`, also for somebody else's. */
export async function getTicket(db: Db, { ticketId, userId }: { ticketId: string; userId: string }): Promise<Ticket> {
  if (!isId(ticketId)) throw notFound("ticket");
  const [row] = await select(db, and(eq(tickets.userId, userId), eq(tickets.id, ticketId)), 1);
  if (!row) throw notFound("ticket");
  const { exactAt: _, ...ticket } = row;
  return withCode(ticket);
}

const withCode = <T extends { id: string; concert: { id: string } }>(ticket: T): T & { code: string } => ({
  ...ticket,
  code: ticketCode({ concertId: ticket.concert.id, ticketId: ticket.id }),
});

const select = (db: Db, where: SQL | undefined, limit: number) =>
  db
    .select({
      id: tickets.id,
      status: tickets.status,
      reservationId: tickets.reservationId,
      performanceId: tickets.performanceId,
      startsAt: performances.startsAt,
      section: sections.name,
      row: seats.row,
      number: seats.number,
      tier: priceTiers.name,
      price: seats.price,
      currency: concerts.currency,
      concert: { id: concerts.id, slug: concerts.slug, title: concerts.title, artist: concerts.artist },
      venue: { name: concerts.venueName, city: concerts.venueCity, timeZone: concerts.timeZone },
      issuedAt: tickets.issuedAt,
      checkedInAt: tickets.checkedInAt,
      exactAt: exactTime(tickets.issuedAt),
    })
    .from(tickets)
    .innerJoin(concerts, eq(concerts.id, tickets.concertId))
    .innerJoin(
      performances,
      and(eq(performances.concertId, tickets.concertId), eq(performances.id, tickets.performanceId)),
    )
    .innerJoin(seats, and(eq(seats.concertId, tickets.concertId), eq(seats.id, tickets.seatId)))
    .innerJoin(sections, and(eq(sections.concertId, tickets.concertId), eq(sections.id, seats.sectionId)))
    .innerJoin(priceTiers, and(eq(priceTiers.concertId, tickets.concertId), eq(priceTiers.id, sections.tierId)))
    .where(where)
    .orderBy(desc(tickets.issuedAt), desc(tickets.id))
    .limit(limit);
