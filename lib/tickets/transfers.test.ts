import { and, eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { performances } from "@/db/schema/catalog";
import { tickets, ticketTransfers } from "@/db/schema/tickets";
import { meetingOf } from "@/db/testing/crowd";
import { cloneDatabase, type TestDatabase } from "@/db/testing/database";
import { makeUser } from "@/db/testing/factories";
import { newId } from "@/lib/core/ids";
import { sign } from "@/lib/core/signing";
import { checkInTicket } from "./check-in-ticket";
import { claimTicket } from "./claim-ticket";
import { listGivenTickets } from "./given-tickets";
import { getTicket, listTickets } from "./queries";
import { revokeTransfer } from "./revoke-transfer";
import { startTransfer } from "./start-transfer";
import { issued } from "./testing/paid-reservation";
import { readTransferToken, transferToken } from "./transfer-token";
import { previewTransfer } from "./transfers";
import { voidTickets } from "./void-tickets";

let test: TestDatabase;
beforeAll(async () => {
  test = await cloneDatabase();
});
afterAll(() => test.drop());

/** A ticket that its buyer offers by link, and a fan to take it. */
async function offered(count = 1) {
  const reservation = await issued(test.db, count);
  const { id: ticketId, code } = reservation.tickets[0]!;
  const { token } = await startTransfer(test.db, { ticketId, userId: reservation.userId });
  const taker = (await makeUser(test.db, { name: "Taker" })).id;
  return { ...reservation, ticketId, code, token, taker };
}

const refused = (reason: string) => ({ code: "conflict", status: 409, extra: { reason } });

const ids = async (userId: string) =>
  (await listTickets(test.db, { userId, limit: 10 })).items.map(({ id }) => id).sort();

/** Lets a link lapse, as time would. */
const lapse = (ticketId: string) =>
  test.db
    .update(ticketTransfers)
    .set({ expiresAt: sql`now() - interval '1 second'` })
    .where(eq(ticketTransfers.ticketId, ticketId));

describe("a ticket that is handed on", () => {
  it("belongs to who claims it, under a new code, and the old code is dead", async () => {
    const { ticketId, code, token, taker, userId, tickets: bought, concertId } = await offered(2);
    expect(await previewTransfer(test.db, { token, userId: taker })).toEqual({
      ticketId: null,
      from: { name: "Fan" },
      expiresAt: expect.any(Date),
      startsAt: expect.any(Date),
      section: "A",
      row: 1,
      number: 1,
      tier: "R",
      concert: { id: concertId, slug: expect.any(String), title: "Hongdae Night", artist: "The Long Exhale" },
      venue: { name: "Rolling Hall", city: "Seoul", timeZone: "Asia/Seoul" },
    });
    const taken = await claimTicket(test.db, { token, userId: taker });
    expect(taken).toMatchObject({ id: ticketId, status: "issued", bought: false, transfer: null });
    expect(taken.code).not.toBe(code);

    expect(await ids(userId)).toEqual([bought[1]!.id]);
    expect(await ids(taker)).toEqual([ticketId]);
    await expect(getTicket(test.db, { ticketId, userId })).rejects.toMatchObject({ code: "not_found" });
    expect((await listGivenTickets(test.db, { userId, limit: 5 })).items).toMatchObject([
      { ticketId, to: { name: "Taker" }, section: "A", row: 1, number: 1, claimedAt: expect.any(Date) },
    ]);
    expect((await listGivenTickets(test.db, { userId: taker, limit: 5 })).items).toEqual([]);

    const dead = { code: "ticket_invalid", status: 422, extra: { reason: "transferred" } };
    await expect(checkInTicket(test.db, { code })).rejects.toMatchObject(dead);
    expect(await checkInTicket(test.db, { code: taken.code })).toMatchObject({ ticketId });
    await expect(checkInTicket(test.db, { code })).rejects.toMatchObject(dead);
  });

  it("may go on, and back, each time under another code, and every step is kept", async () => {
    const { ticketId, code, token, taker, userId, concertId } = await offered();
    const codes = [code, (await claimTicket(test.db, { token, userId: taker })).code];
    const back = await startTransfer(test.db, { ticketId, userId: taker });
    const returned = await claimTicket(test.db, { token: back.token, userId });
    codes.push(returned.code);
    expect(returned.bought).toBe(true);
    expect(new Set(codes).size).toBe(3);
    const kept = await test.db
      .select()
      .from(ticketTransfers)
      .where(and(eq(ticketTransfers.concertId, concertId), eq(ticketTransfers.ticketId, ticketId)))
      .orderBy(ticketTransfers.serial);
    expect(kept.map(({ serial, fromUserId, toUserId }) => [serial, fromUserId, toUserId])).toEqual([
      [0, userId, taker],
      [1, taker, userId],
    ]);
    for (const old of codes.slice(0, 2)) {
      await expect(checkInTicket(test.db, { code: old })).rejects.toMatchObject({ code: "ticket_invalid" });
    }
    await checkInTicket(test.db, { code: codes[2]! });
  });

  it("is claimed again by the same fan without harm, and by nobody else", async () => {
    const { token, taker, userId, ticketId } = await offered();
    const first = await claimTicket(test.db, { token, userId: taker });
    expect(await claimTicket(test.db, { token, userId: taker })).toEqual(first);
    expect((await previewTransfer(test.db, { token, userId: taker })).ticketId).toBe(ticketId);
    for (const other of [userId, (await makeUser(test.db)).id]) {
      await expect(claimTicket(test.db, { token, userId: other })).rejects.toMatchObject(refused("claimed"));
    }
    // Handed on, the first link is over for its claimer too.
    const { token: onward } = await startTransfer(test.db, { ticketId, userId: taker });
    await claimTicket(test.db, { token: onward, userId });
    await expect(claimTicket(test.db, { token, userId: taker })).rejects.toMatchObject(refused("claimed"));
  });
});

describe("a transfer's link", () => {
  it("is the same while it is open, and shown with the ticket", async () => {
    const { ticketId, token, userId } = await offered();
    const again = await startTransfer(test.db, { ticketId, userId });
    expect(again).toMatchObject({ token, path: `/tickets/claim#${token}`, created: false });
    const { created: _, ...link } = again;
    expect((await getTicket(test.db, { ticketId, userId })).transfer).toEqual(link);
  });

  it("is one, however often it is asked for at once", async () => {
    const { tickets: bought, userId } = await issued(test.db);
    const ticketId = bought[0]!.id;
    const links = await Promise.all(Array.from({ length: 12 }, () => startTransfer(test.db, { ticketId, userId })));
    expect(new Set(links.map(({ token }) => token)).size).toBe(1);
    expect(links.filter(({ created }) => created)).toHaveLength(1);
  });

  it("dies when it is taken back, and another can be made", async () => {
    const { ticketId, token, userId, taker } = await offered();
    await expect(revokeTransfer(test.db, { ticketId, userId: taker })).rejects.toMatchObject({ code: "not_found" });
    await revokeTransfer(test.db, { ticketId, userId });
    await revokeTransfer(test.db, { ticketId, userId });
    expect((await getTicket(test.db, { ticketId, userId })).transfer).toBeNull();
    await expect(claimTicket(test.db, { token, userId: taker })).rejects.toMatchObject(refused("revoked"));
    const { token: second } = await startTransfer(test.db, { ticketId, userId });
    expect(second).not.toBe(token);
    await claimTicket(test.db, { token: second, userId: taker });
  });

  it("lapses, and another can be made", async () => {
    const { ticketId, token, userId, taker } = await offered();
    await lapse(ticketId);
    await expect(claimTicket(test.db, { token, userId: taker })).rejects.toMatchObject(refused("lapsed"));
    expect((await getTicket(test.db, { ticketId, userId })).transfer).toBeNull();
    const { token: second, created } = await startTransfer(test.db, { ticketId, userId });
    expect(created).toBe(true);
    await expect(claimTicket(test.db, { token, userId: taker })).rejects.toMatchObject(refused("lapsed"));
    await claimTicket(test.db, { token: second, userId: taker });
  });

  it("is good for two days, not beyond the start", async () => {
    const { ticketId, token, userId, concertId, performanceId } = await offered();
    const { expiresAt } = await startTransfer(test.db, { ticketId, userId });
    expect(Math.abs(expiresAt.getTime() - Date.now() - 48 * 3_600_000)).toBeLessThan(60_000);
    await revokeTransfer(test.db, { ticketId, userId });
    const soon = new Date(Date.now() + 3_600_000);
    const at = and(eq(performances.concertId, concertId), eq(performances.id, performanceId));
    await test.db.update(performances).set({ startsAt: soon }).where(at);
    expect((await startTransfer(test.db, { ticketId, userId })).expiresAt).toEqual(soon);
    expect(token).toBeTruthy();
  });

  it("is refused for what is used, void, begun, not one's own or unknown", async () => {
    const used = await issued(test.db);
    await checkInTicket(test.db, { code: used.tickets[0]!.code });
    const cancelled = await issued(test.db);
    await voidTickets(test.db, cancelled);
    const begun = await issued(test.db);
    await test.db
      .update(performances)
      .set({ startsAt: sql`now() - interval '1 second'` })
      .where(eq(performances.concertId, begun.concertId));
    for (const [
      {
        tickets: [ticket],
        userId,
      },
      reason,
    ] of [
      [used, "checked_in"],
      [cancelled, "void"],
      [begun, "started"],
    ] as const) {
      await expect(startTransfer(test.db, { ticketId: ticket!.id, userId })).rejects.toMatchObject(refused(reason));
    }
    for (const ticketId of [used.tickets[0]!.id, newId(), "1"]) {
      await expect(startTransfer(test.db, { ticketId, userId: begun.userId })).rejects.toMatchObject({
        code: "not_found",
      });
    }
  });

  it("gives nothing once its ticket is used, void or begun, and nothing to its maker", async () => {
    const own = await offered();
    await expect(claimTicket(test.db, { token: own.token, userId: own.userId })).rejects.toMatchObject(refused("own"));
    const used = await offered();
    await checkInTicket(test.db, { code: used.code });
    const cancelled = await offered();
    await voidTickets(test.db, cancelled);
    const begun = await offered();
    await test.db
      .update(performances)
      .set({ startsAt: sql`now() - interval '1 second'` })
      .where(eq(performances.concertId, begun.concertId));
    for (const [{ token, taker, ticketId, userId }, reason] of [
      [used, "checked_in"],
      [cancelled, "void"],
      [begun, "started"],
    ] as const) {
      await expect(previewTransfer(test.db, { token, userId: taker })).rejects.toMatchObject(refused(reason));
      await expect(claimTicket(test.db, { token, userId: taker })).rejects.toMatchObject(refused(reason));
      expect(await ids(userId)).toContain(ticketId);
    }
  });

  it("never verifies with a changed bit, or as something else", async () => {
    const { token, taker, code } = await offered();
    const bytes = Buffer.from(token, "base64url");
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(readTransferToken(changed.toString("base64url"))).toBeNull();
    }
    const payload = bytes.subarray(0, -32);
    const unknown = transferToken({ concertId: newId(), transferId: newId() });
    for (const other of [code, sign("ticket", payload), `${token}A`, "x", unknown]) {
      await expect(claimTicket(test.db, { token: other, userId: taker })).rejects.toMatchObject({
        code: "ticket_invalid",
        extra: { reason: "forged" },
      });
    }
  });
});

describe("at the same moment", () => {
  const takers = (count: number) =>
    Promise.all(Array.from({ length: count }, async () => (await makeUser(test.db)).id));

  it("one of ten fans has the ticket", async () => {
    const { token, ticketId } = await offered();
    const fans = await takers(10);
    const outcomes = await Promise.allSettled(fans.map((userId) => claimTicket(test.db, { token, userId })));
    const winners = fans.filter((_, at) => outcomes[at]!.status === "fulfilled");
    expect(winners).toHaveLength(1);
    for (const outcome of outcomes) {
      if (outcome.status === "rejected") expect(outcome.reason).toMatchObject(refused("claimed"));
    }
    expect((await Promise.all(fans.map(ids))).filter((list) => list.includes(ticketId))).toHaveLength(1);
  });

  it("several would, if the link were read first and then closed (negative control)", async () => {
    const { ticketId, concertId } = await offered();
    const fans = await takers(10);
    const at = and(eq(ticketTransfers.concertId, concertId), eq(ticketTransfers.ticketId, ticketId));
    const meet = meetingOf(2);
    const outcomes = await Promise.allSettled(
      fans.map((userId) =>
        test.db.transaction(async (tx) => {
          const [link] = await tx.select().from(ticketTransfers).where(at);
          if (link?.claimedAt) throw new Error("claimed");
          await meet();
          await tx.update(tickets).set({ userId }).where(eq(tickets.id, ticketId));
          await tx.update(ticketTransfers).set({ toUserId: userId, claimedAt: new Date() }).where(at);
        }),
      ),
    );
    expect(outcomes.filter(({ status }) => status === "fulfilled").length).toBeGreaterThan(1);
  });

  it("a claim and the link's taking back, the door or a refund never both succeed", async () => {
    for (let round = 0; round < 8; round++) {
      const back = await offered();
      const [claimed] = await Promise.allSettled([
        claimTicket(test.db, { token: back.token, userId: back.taker }),
        revokeTransfer(test.db, back).catch(() => {}),
      ]);
      const [link] = await test.db.select().from(ticketTransfers).where(eq(ticketTransfers.ticketId, back.ticketId));
      expect([link!.claimedAt !== null, link!.revokedAt === null]).toEqual(
        Array(2).fill(claimed.status === "fulfilled"),
      );

      const door = await offered();
      const atDoor = await Promise.allSettled([
        claimTicket(test.db, { token: door.token, userId: door.taker }),
        checkInTicket(test.db, { code: door.code }),
      ]);
      expect(atDoor.filter(({ status }) => status === "fulfilled")).toHaveLength(1);

      const refund = await offered(2);
      const refunded = await Promise.allSettled([
        claimTicket(test.db, { token: refund.token, userId: refund.taker }),
        test.db.transaction((tx) => voidTickets(tx, refund)),
      ]);
      expect(refunded.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    }
  });
});

describe("a refund", () => {
  it("is refused while a ticket belongs to another fan, and possible for the others and once it is back", async () => {
    const { token, taker, userId, ticketId, tickets: bought, ...reservation } = await offered(2);
    await claimTicket(test.db, { token, userId: taker });
    const whose = { ...reservation, userId };
    const refusal = { code: "not_cancellable", status: 409 };
    await expect(test.db.transaction((tx) => voidTickets(tx, whose))).rejects.toMatchObject(refusal);
    expect(await ids(taker)).toEqual([ticketId]);
    expect((await getTicket(test.db, { ticketId, userId: taker })).status).toBe("issued");
    expect(await voidTickets(test.db, { ...whose, ticketIds: [bought[1]!.id] })).toBe(1);
    const back = await startTransfer(test.db, { ticketId, userId: taker });
    await claimTicket(test.db, { token: back.token, userId });
    expect(await voidTickets(test.db, whose)).toBe(1);
  });
});
