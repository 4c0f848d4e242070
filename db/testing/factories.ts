import { randomBytes } from "node:crypto";
import { and, eq, sql } from "drizzle-orm";
import { userEmails, users } from "@/db/schema/auth";
import { queueEntries, queues } from "@/db/schema/queue";
import { ledgerEntries, wallets } from "@/db/schema/wallet";
import { type ImportedConcert, importConcert } from "@/lib/catalog/import-concert";
import { type ImportDocument, type ImportDocumentInput, importDocumentSchema } from "@/lib/catalog/schema";
import { newId } from "@/lib/core/ids";
import { WALLET_CURRENCY } from "@/lib/core/money";
import type { Db } from "../client";
import type { Role } from "../constants";

const unique = (): string => randomBytes(6).toString("hex");

const DAY = 86_400_000;

/** An instant this many days from now, as the import document writes it. */
export const inDays = (days: number): string => new Date(Date.now() + days * DAY).toISOString();

/**
 * A checked import document of a small concert on sale now: one tier, section "A" with 2 rows of 5 seats at 10,000 won,
 * one performance in a month, a slug of its own.
 */
export function makeImportDocument(overrides: Partial<ImportDocumentInput> = {}): ImportDocument {
  return importDocumentSchema.parse({
    slug: `concert-${unique()}`,
    title: "Hongdae Night",
    artist: "The Long Exhale",
    venue: { name: "Rolling Hall", city: "Seoul", timeZone: "Asia/Seoul" },
    currency: WALLET_CURRENCY,
    tiers: [{ name: "R", price: 10_000 }],
    sections: [{ name: "A", tier: "R", rows: 2, seatsPerRow: 5 }],
    performances: [{ startsAt: inDays(30) }],
    sale: { opensAt: inDays(-1) },
    ...overrides,
  } satisfies ImportDocumentInput);
}

/** A concert on sale, imported as an organiser's would be; see `makeImportDocument` for what it is like. */
export const makeConcert = (db: Db, overrides: Partial<ImportDocumentInput> = {}): Promise<ImportedConcert> =>
  importConcert(db, makeImportDocument(overrides));

/** An account without a password, with a wallet; its balance is a top-up from the house's cash. */
export async function makeUser(
  db: Db,
  { balance = 0, role = "fan", ...given }: { balance?: number; role?: Role; email?: string; name?: string } = {},
): Promise<{ id: string; email: string; name: string; role: Role }> {
  const id = newId();
  const email = given.email ?? `fan-${unique()}@example.com`;
  const name = given.name ?? "Fan";
  await db.transaction(async (tx) => {
    await tx.insert(users).values({ id, email, name, role });
    await tx.insert(userEmails).values({ email, userId: id });
    await tx.insert(wallets).values({ userId: id, balance, currency: WALLET_CURRENCY });
    if (balance === 0) return;
    const transfer = { userId: id, transferId: newId(), kind: "top_up" as const, createdAt: new Date() };
    await tx.insert(ledgerEntries).values([
      { ...transfer, id: newId(), account: "cash", amount: -balance },
      { ...transfer, id: newId(), account: "wallet", amount: balance, balanceAfter: balance },
    ]);
  });
  return { id, email, name, role };
}

/**
 * Plants an admitted entry for a fan, past everyone in line, without the ticker; returns its id. It is unclaimed and good
 * for the room's `sessionSeconds`.
 */
export async function admitFan(db: Db, { concertId, userId }: { concertId: string; userId: string }): Promise<string> {
  return await db.transaction(async (tx) => {
    const [room] = await tx
      .update(queues)
      .set({
        lastNumber: sql`${queues.lastNumber} + 1`,
        admissions: sql`${queues.admissions} + 1`,
        // Only where nobody is waiting before it.
        servedThrough: sql`case when ${queues.servedThrough} = ${queues.lastNumber}
          then ${queues.lastNumber} + 1 else ${queues.servedThrough} end`,
      })
      .where(eq(queues.concertId, concertId))
      .returning({ number: queues.lastNumber, sessionSeconds: queues.sessionSeconds });
    if (!room) throw new Error(`No concert ${concertId}.`);
    const id = newId();
    await tx.insert(queueEntries).values({
      concertId,
      id,
      userId,
      number: room.number,
      status: "admitted",
      admittedAt: sql`now()`,
      admittedUntil: sql`now() + make_interval(secs => ${room.sessionSeconds})`,
    });
    return id;
  });
}

/** Makes a fan's admission end now, as time would. */
export async function expireAdmission(db: Db, { concertId, entryId }: { concertId: string; entryId: string }) {
  await db
    .update(queueEntries)
    .set({ admittedUntil: sql`now() - interval '1 second'` })
    .where(and(eq(queueEntries.concertId, concertId), eq(queueEntries.id, entryId)));
}
