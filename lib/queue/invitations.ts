import { randomBytes } from "node:crypto";
import { and, desc, eq, isNull, lt, sql } from "drizzle-orm";
import type { Client, Db } from "@/db/client";
import { queueInvitations, queueInvitationUses } from "@/db/schema/queue";
import { AppError, invalidRequest, notFound } from "@/lib/core/errors";
import { isId, newId } from "@/lib/core/ids";
import { CODE_BYTES, codeFrom, MOST_INVITATIONS, shownCode } from "./invitation-rules";
import { lockRoom } from "./lock-room";
import { logChange } from "./log-change";
import type { Invitation, NewInvitation } from "./schema";

type Row = typeof queueInvitations.$inferSelect;

const invitationOf = (row: Row): Invitation => ({
  id: row.id,
  code: shownCode(row.code),
  label: row.label,
  usesLimit: row.usesLimit,
  uses: row.uses,
  createdAt: row.createdAt.toISOString(),
  revokedAt: row.revokedAt?.toISOString() ?? null,
});

/**
 * Makes a code that lets `usesLimit` fans pass the line, and logs it. `by` is the organiser's id. Throws `not_found`,
 * and `conflict` when a concert has too many of them.
 */
export async function createInvitation(
  db: Client,
  { concertId, invitation, by }: { concertId: string; invitation: NewInvitation; by: string },
): Promise<Invitation> {
  return await db.transaction(async (tx) => {
    const [room] = await lockRoom(tx, [concertId]);
    if (!room) throw notFound("concert");
    const made = await tx.$count(queueInvitations, eq(queueInvitations.concertId, concertId));
    if (made >= MOST_INVITATIONS) throw new AppError("conflict", `A concert has ${MOST_INVITATIONS} codes at most.`);
    const code = codeFrom(randomBytes(CODE_BYTES));
    const [row] = await tx
      .insert(queueInvitations)
      .values({ concertId, id: newId(), code, createdBy: by, ...invitation })
      .returning();
    await logChange(tx, { concertId, by, kind: "invitation", before: {}, after: { ...invitation } });
    return invitationOf(row as Row);
  });
}

/** A concert's invitations, newest first; at most `MOST_INVITATIONS`. */
export async function listInvitations(db: Db, concertId: string): Promise<Invitation[]> {
  const rows = await db
    .select()
    .from(queueInvitations)
    .where(eq(queueInvitations.concertId, concertId))
    .orderBy(desc(queueInvitations.id))
    .limit(MOST_INVITATIONS);
  return rows.map(invitationOf);
}

/** Makes a code good for nobody any more; those who passed by it stay in. Again changes nothing. Throws `not_found`. */
export async function revokeInvitation(
  db: Client,
  { concertId, invitationId, by }: { concertId: string; invitationId: string; by: string },
): Promise<Invitation> {
  if (!isId(invitationId)) throw notFound("invitation");
  const own = and(eq(queueInvitations.concertId, concertId), eq(queueInvitations.id, invitationId));
  return await db.transaction(async (tx) => {
    const [revoked] = await tx
      .update(queueInvitations)
      .set({ revokedAt: sql`now()` })
      .where(and(own, isNull(queueInvitations.revokedAt)))
      .returning();
    if (revoked) {
      const { label, usesLimit, uses } = revoked;
      const before = { label, usesLimit, uses };
      await logChange(tx, { concertId, by, kind: "invitation_revoked", before, after: {} });
    }
    const [row] = revoked ? [revoked] : await tx.select().from(queueInvitations).where(own);
    if (!row) throw notFound("invitation");
    return invitationOf(row);
  });
}

/** Who passed the line by an invitation, newest first; `cursor` is the last entry's id of the page before. */
export async function listInvitationUses(
  db: Db,
  page: { concertId: string; invitationId: string; limit: number; cursor?: string | undefined },
): Promise<{ items: { entryId: string; userId: string; usedAt: string }[]; nextCursor: string | null }> {
  const { concertId, invitationId, limit, cursor } = page;
  if (!isId(invitationId)) throw notFound("invitation");
  if (cursor !== undefined && !isId(cursor)) throw invalidRequest([{ path: "cursor", message: "is not a cursor" }]);
  const rows = await db
    .select()
    .from(queueInvitationUses)
    .where(
      and(
        eq(queueInvitationUses.concertId, concertId),
        eq(queueInvitationUses.invitationId, invitationId),
        cursor === undefined ? undefined : lt(queueInvitationUses.entryId, cursor),
      ),
    )
    .orderBy(desc(queueInvitationUses.entryId))
    .limit(limit + 1);
  const items = rows.slice(0, limit).map(({ entryId, userId, usedAt }) => ({
    entryId,
    userId,
    usedAt: usedAt.toISOString(),
  }));
  return { items, nextCursor: rows.length > limit ? (items.at(-1)?.entryId ?? null) : null };
}
