import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { performances } from "@/db/schema/catalog";
import { tickets } from "@/db/schema/tickets";
import { meetingOf } from "@/db/testing/crowd";
import { cloneDatabase, type TestDatabase } from "@/db/testing/database";
import { makeUser } from "@/db/testing/factories";
import { newId } from "@/lib/core/ids";
import { sign, unsign } from "@/lib/core/signing";
import { checkInTicket } from "./check-in-ticket";
import { readTicketCode, ticketCode } from "./code";
import { listDoorCounts } from "./door-counts";
import { issueTickets } from "./issue-tickets";
import { getTicket, listTickets } from "./queries";
import { issued, paidReservation } from "./testing/paid-reservation";
import { voidTickets } from "./void-tickets";

let test: TestDatabase;
beforeAll(async () => {
  test = await cloneDatabase();
});
afterAll(() => test.drop());

describe("ticket codes", () => {
  const ids = { concertId: newId(), ticketId: newId(), serial: 0 };
  const code = ticketCode(ids);

  it("name their ticket and its holder's serial", () => {
    expect(readTicketCode(code)).toEqual(ids);
    for (const serial of [1, 2, 4_000_000_000]) {
      const later = { ...ids, serial };
      expect(readTicketCode(ticketCode(later))).toEqual(later);
      expect(ticketCode(later)).not.toBe(code);
    }
  });

  it("never verify with a changed bit", () => {
    const bytes = Buffer.from(code, "base64url");
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(readTicketCode(changed.toString("base64url"))).toBeNull();
    }
  });

  it("are nothing when cut, lengthened or signed for something else", () => {
    const payload = unsign("ticket", code)!;
    const others = [code.slice(0, -1), `${code}A`, `${code}\n`, "", sign("queue", payload), sign("session", payload)];
    for (const other of others) expect(readTicketCode(other)).toBeNull();
    expect(readTicketCode(sign("ticket", payload.subarray(1)))).toBeNull();
  });
});

describe("issueTickets", () => {
  it("issues one for each seat, and the fan finds them", async () => {
    const { userId, concertId, reservationId, performanceId, tickets: made } = await issued(test.db, 3);
    expect(made.map(({ section, row, number }) => [section, row, number])).toEqual([
      ["A", 1, 1],
      ["A", 1, 2],
      ["A", 1, 3],
    ]);
    const { items, nextCursor } = await listTickets(test.db, { userId, limit: 10 });
    expect(nextCursor).toBeNull();
    expect(items).toHaveLength(3);
    const ticket = await getTicket(test.db, { ticketId: made[1]!.id, userId });
    expect(items).toContainEqual(ticket);
    const [performance] = await test.db.select().from(performances).where(eq(performances.concertId, concertId));
    expect(ticket).toEqual({
      ...made[1],
      status: "issued",
      reservationId,
      performanceId,
      startsAt: performance?.startsAt,
      tier: "R",
      price: 10_000,
      currency: "KRW",
      concert: { id: concertId, slug: expect.any(String), title: "Hongdae Night", artist: "The Long Exhale" },
      venue: { name: "Rolling Hall", city: "Seoul", timeZone: "Asia/Seoul" },
      issuedAt: expect.any(Date),
      checkedInAt: null,
      bought: true,
      transfer: null,
    });
  });

  it("never makes a second ticket for a seat, at once or later, until the first is void", async () => {
    const reservation = await paidReservation(test.db, 2);
    const issue = () => issueTickets(test.db, reservation.concertId, [reservation]);
    const results = await Promise.allSettled(Array.from({ length: 10 }, issue));
    expect(results.filter((result) => result.status === "fulfilled")).toHaveLength(1);
    for (const result of results) {
      if (result.status === "rejected") expect(result.reason).toMatchObject({ code: "seat_unavailable" });
    }
    expect(await voidTickets(test.db, reservation)).toBe(2);
    expect(await voidTickets(test.db, reservation)).toBe(0);
    expect((await issue())[0]).toHaveLength(2);
  });
});

describe("reading tickets", () => {
  it("knows only one's own", async () => {
    const { tickets: made } = await issued(test.db);
    const stranger = await makeUser(test.db);
    for (const ticketId of [made[0]!.id, newId(), "1", "' or 1=1"]) {
      await expect(getTicket(test.db, { ticketId, userId: stranger.id })).rejects.toMatchObject({ code: "not_found" });
    }
    expect((await listTickets(test.db, { userId: stranger.id, limit: 5 })).items).toEqual([]);
  });

  it("goes on where the page ended, across concerts", async () => {
    const { id: userId } = await makeUser(test.db);
    const made: string[] = [];
    for (const count of [3, 2, 2])
      made.push(...(await issued(test.db, count, userId)).tickets.map((ticket) => ticket.id));
    const seen: string[] = [];
    let cursor: string | null | undefined;
    do {
      const page = await listTickets(test.db, { userId, limit: 2, ...(cursor ? { cursor } : {}) });
      seen.push(...page.items.map((ticket) => ticket.id));
      cursor = page.nextCursor;
    } while (cursor);
    expect(seen).toHaveLength(7);
    expect(new Set(seen)).toEqual(new Set(made));
  });
});

describe("checkInTicket", () => {
  it("lets a ticket in once and says when it was", async () => {
    const { tickets: made, concertId, performanceId, userId } = await issued(test.db);
    const { code, id: ticketId } = made[0]!;
    const first = await checkInTicket(test.db, { code });
    expect(first).toEqual({
      ticketId,
      seat: { section: "A", row: 1, number: 1, tier: "R" },
      concert: { id: concertId, title: "Hongdae Night" },
      performance: { id: performanceId, startsAt: expect.any(Date) },
      checkedInAt: expect.any(Date),
    });
    await expect(checkInTicket(test.db, { code })).rejects.toMatchObject({
      code: "already_checked_in",
      status: 409,
      extra: {
        checkedInAt: first.checkedInAt,
        seat: first.seat,
        concert: first.concert,
        performance: first.performance,
      },
    });
    expect(await getTicket(test.db, { ticketId, userId })).toMatchObject({
      status: "checked_in",
      checkedInAt: first.checkedInAt,
    });
  });

  it("lets one of fifty doors have it", async () => {
    const { tickets: made } = await issued(test.db);
    const results = await Promise.allSettled(
      Array.from({ length: 50 }, () => checkInTicket(test.db, { code: made[0]!.code })),
    );
    expect(results.filter((result) => result.status === "fulfilled")).toHaveLength(1);
    const refused = results.flatMap((result) => (result.status === "rejected" ? [result.reason.code] : []));
    expect(refused).toEqual(Array(49).fill("already_checked_in"));
  });

  it("would let several in if the status were read first and then written (negative control)", async () => {
    const { tickets: made, concertId } = await issued(test.db);
    const { id } = made[0]!;
    const meet = meetingOf(2);
    const results = await Promise.allSettled(
      Array.from({ length: 50 }, () =>
        test.db.transaction(async (tx) => {
          const [row] = await tx.select().from(tickets).where(eq(tickets.id, id));
          if (row?.status !== "issued") throw new Error("used");
          await meet();
          await tx.execute(sql`update tickets set status = 'checked_in', checked_in_at = now()
            where concert_id = ${concertId} and id = ${id}`);
        }),
      ),
    );
    expect(results.filter((result) => result.status === "fulfilled").length).toBeGreaterThan(1);
  });

  it("refuses what is forged, unknown or void", async () => {
    const reservation = await issued(test.db);
    const refused = { code: "ticket_invalid", status: 422 };
    const unknown = ticketCode({ concertId: newId(), ticketId: newId(), serial: 0 });
    for (const code of ["x", unknown, `${reservation.tickets[0]!.code.slice(0, -2)}AA`]) {
      await expect(checkInTicket(test.db, { code })).rejects.toMatchObject({ ...refused, extra: { reason: "forged" } });
    }
    await voidTickets(test.db, reservation);
    await expect(checkInTicket(test.db, { code: reservation.tickets[0]!.code })).rejects.toMatchObject({
      ...refused,
      extra: { reason: "void" },
    });
  });

  it("keeps a ticket for another night unused, and says which night it is for", async () => {
    const { tickets: made, concertId, performanceId } = await issued(test.db);
    const { code } = made[0]!;
    await expect(checkInTicket(test.db, { code, performanceId: newId() })).rejects.toMatchObject({
      code: "ticket_invalid",
      extra: { reason: "other_performance", performance: { id: performanceId } },
    });
    expect(await listDoorCounts(test.db, concertId)).toEqual([
      { performanceId, startsAt: expect.any(Date), tickets: 1, checkedIn: 0 },
    ]);
    await checkInTicket(test.db, { code, performanceId });
    expect(await listDoorCounts(test.db, concertId)).toMatchObject([{ tickets: 1, checkedIn: 1 }]);
    await expect(listDoorCounts(test.db, newId())).rejects.toMatchObject({ code: "not_found" });
  });
});

describe("voidTickets", () => {
  it("takes some of a reservation's tickets and leaves the others", async () => {
    const reservation = await issued(test.db, 3);
    const [first, second] = reservation.tickets.map(({ id }) => id) as [string, string];
    expect(await voidTickets(test.db, { ...reservation, ticketIds: [first] })).toBe(1);
    expect(await voidTickets(test.db, { ...reservation, ticketIds: [first, second, newId()] })).toBe(1);
    const { items } = await listTickets(test.db, { userId: reservation.userId, limit: 5 });
    expect(items.filter(({ status }) => status === "issued").map(({ id }) => id)).toEqual([reservation.tickets[2]!.id]);
    expect(await voidTickets(test.db, reservation)).toBe(1);
  });

  it("leaves everything as it was when one ticket was used", async () => {
    const reservation = await issued(test.db, 2);
    await checkInTicket(test.db, { code: reservation.tickets[0]!.code });
    await expect(test.db.transaction((tx) => voidTickets(tx, reservation))).rejects.toMatchObject({
      code: "not_cancellable",
    });
    const { items } = await listTickets(test.db, { userId: reservation.userId, limit: 5 });
    expect(items.map((ticket) => ticket.status).sort()).toEqual(["checked_in", "issued"]);
  });

  it("and the door never both succeed", async () => {
    for (let round = 0; round < 10; round++) {
      const reservation = await issued(test.db);
      const { code } = reservation.tickets[0]!;
      const outcomes = await Promise.allSettled([
        test.db.transaction((tx) => voidTickets(tx, reservation)),
        checkInTicket(test.db, { code }),
      ]);
      expect(outcomes.filter((outcome) => outcome.status === "fulfilled")).toHaveLength(1);
    }
  });
});
