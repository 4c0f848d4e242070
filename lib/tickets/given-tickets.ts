import { and, desc, eq, isNotNull } from "drizzle-orm";
import type { Db } from "@/db/client";
import { after, exactTime, toPage } from "@/db/paging";
import { concerts, performances, priceTiers, seats, sections } from "@/db/schema/catalog";
import { tickets, ticketTransfers } from "@/db/schema/tickets";
import type { Transfer } from "./schema";
import { namesOf } from "./transfers";

/** The tickets that a fan gave to others, newest first. Throws `invalid_request` for a cursor that is not ours. */
export async function listGivenTickets(
  db: Db,
  { userId, limit, cursor }: { userId: string; limit: number; cursor?: string | undefined },
): Promise<{ items: Transfer[]; nextCursor: string | null }> {
  const rows = await db
    .select({
      id: ticketTransfers.id,
      ticketId: ticketTransfers.ticketId,
      toUserId: ticketTransfers.toUserId,
      claimedAt: ticketTransfers.claimedAt,
      startsAt: performances.startsAt,
      section: sections.name,
      row: seats.row,
      number: seats.number,
      tier: priceTiers.name,
      concert: { id: concerts.id, slug: concerts.slug, title: concerts.title, artist: concerts.artist },
      venue: { name: concerts.venueName, city: concerts.venueCity, timeZone: concerts.timeZone },
      exactAt: exactTime(ticketTransfers.claimedAt),
    })
    .from(ticketTransfers)
    .innerJoin(tickets, and(eq(tickets.concertId, ticketTransfers.concertId), eq(tickets.id, ticketTransfers.ticketId)))
    .innerJoin(concerts, eq(concerts.id, tickets.concertId))
    .innerJoin(
      performances,
      and(eq(performances.concertId, tickets.concertId), eq(performances.id, tickets.performanceId)),
    )
    .innerJoin(seats, and(eq(seats.concertId, tickets.concertId), eq(seats.id, tickets.seatId)))
    .innerJoin(sections, and(eq(sections.concertId, tickets.concertId), eq(sections.id, seats.sectionId)))
    .innerJoin(priceTiers, and(eq(priceTiers.concertId, tickets.concertId), eq(priceTiers.id, sections.tierId)))
    .where(
      and(
        eq(ticketTransfers.fromUserId, userId),
        isNotNull(ticketTransfers.claimedAt),
        after(cursor, ticketTransfers.claimedAt, ticketTransfers.id),
      ),
    )
    .orderBy(desc(ticketTransfers.claimedAt), desc(ticketTransfers.id))
    .limit(limit + 1);
  const { items, nextCursor } = toPage(rows, limit);
  const names = await namesOf(
    db,
    items.flatMap(({ toUserId }) => toUserId ?? []),
  );
  return {
    items: items.map(({ toUserId, claimedAt, ...item }) => ({
      ...item,
      to: { name: names.get(toUserId ?? "") ?? "" },
      claimedAt: claimedAt as Date,
    })),
    nextCursor,
  };
}
