import { and, desc, eq, gt, isNull, type SQL, sql } from "drizzle-orm";
import type { Db } from "@/db/client";
import { after, exactTime, toPage } from "@/db/paging";
import { reservations } from "@/db/schema/booking";
import { concerts, performances, priceTiers, seats, sections } from "@/db/schema/catalog";
import { tickets, ticketTransfers } from "@/db/schema/tickets";
import { notFound } from "@/lib/core/errors";
import { isId } from "@/lib/core/ids";
import { ticketCode } from "./code";
import { claimPath } from "./rules";
import type { Ticket, TransferLink } from "./schema";
import { transferToken } from "./transfer-token";

/** A fan's tickets (of one reservation, if given), newest first, void ones included. Throws `invalid_request` for a cursor that is not ours. */
export async function listTickets(
  db: Db,
  {
    userId,
    limit,
    cursor,
    reservationId,
  }: { userId: string; limit: number; cursor?: string | undefined; reservationId?: string | undefined },
): Promise<{ items: Ticket[]; nextCursor: string | null }> {
  if (reservationId !== undefined && !isId(reservationId)) return { items: [], nextCursor: null };
  const ofReservation = reservationId === undefined ? undefined : eq(tickets.reservationId, reservationId);
  const rows = await select(
    db,
    and(eq(tickets.userId, userId), ofReservation, after(cursor, tickets.issuedAt, tickets.id)),
    limit + 1,
  );
  const { items, nextCursor } = toPage(rows, limit);
  return { items: items.map(ticketOf), nextCursor };
}

/** A fan's own ticket; throws `not_found`, also for somebody else's. */
export async function getTicket(db: Db, { ticketId, userId }: { ticketId: string; userId: string }): Promise<Ticket> {
  if (!isId(ticketId)) throw notFound("ticket");
  const [row] = await select(db, and(eq(tickets.userId, userId), eq(tickets.id, ticketId)), 1);
  if (!row) throw notFound("ticket");
  const { exactAt: _, ...ticket } = row;
  return ticketOf(ticket);
}

/** A transfer as the link that its ticket's holder passes on. */
export function transferLink({
  concertId,
  transferId,
  expiresAt,
}: {
  concertId: string;
  transferId: string;
  expiresAt: Date;
}): TransferLink {
  const token = transferToken({ concertId, transferId });
  return { token, path: claimPath(token), expiresAt };
}

type Row = Omit<Ticket, "code" | "transfer"> & {
  serial: number;
  transfer: { id: string; expiresAt: Date } | null;
};

function ticketOf({ serial, transfer, ...ticket }: Row): Ticket {
  const concertId = ticket.concert.id;
  return {
    ...ticket,
    code: ticketCode({ concertId, ticketId: ticket.id, serial }),
    transfer: transfer && transferLink({ concertId, transferId: transfer.id, expiresAt: transfer.expiresAt }),
  };
}

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
      serial: tickets.serial,
      bought: sql<boolean>`${reservations.userId} = ${tickets.userId}`,
      transfer: { id: ticketTransfers.id, expiresAt: ticketTransfers.expiresAt },
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
    .innerJoin(
      reservations,
      and(eq(reservations.concertId, tickets.concertId), eq(reservations.id, tickets.reservationId)),
    )
    .leftJoin(
      ticketTransfers,
      and(
        eq(ticketTransfers.concertId, tickets.concertId),
        eq(ticketTransfers.ticketId, tickets.id),
        eq(ticketTransfers.serial, tickets.serial),
        eq(tickets.status, "issued"),
        isNull(ticketTransfers.claimedAt),
        isNull(ticketTransfers.revokedAt),
        gt(ticketTransfers.expiresAt, sql`now()`),
      ),
    )
    .where(where)
    .orderBy(desc(tickets.issuedAt), desc(tickets.id))
    .limit(limit);
