import { sql } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Client, createClient } from "@/db/client";
import { crowd, meetingOf } from "@/db/testing/crowd";
import { cloneDatabase, type TestDatabase } from "@/db/testing/database";
import { makeConcert, makeUser } from "@/db/testing/factories";
import { requireAdmission } from "./admission";
import { admitNext } from "./admit-next";
import { changeRoom } from "./change-room";
import { codeFrom, normalCode, shownCode } from "./invitation-rules";
import { createInvitation, listInvitations, listInvitationUses, revokeInvitation } from "./invitations";
import { joinQueue } from "./join-queue";
import { getLine, stopLines } from "./line";
import { pollQueue, readPulse } from "./poll-queue";
import { listRoomChanges, queueStats } from "./queries";
import { spendInvitation } from "./spend-invitation";
import { type QueueClaims, readQueueToken } from "./token";

let test: TestDatabase;
let db: Client;
let other: Client;
let organizer: string;

beforeAll(async () => {
  test = await cloneDatabase();
  db = test.db;
  other = createClient(test.url, 20);
  organizer = (await makeUser(db, { role: "organizer" })).id;
});
afterEach(() => {
  stopLines(db);
  stopLines(other);
});
afterAll(async () => {
  await other.$client.end();
  await test.drop();
});

const make = async (mode: "on" | "paused" = "on") =>
  (
    await makeConcert(db, {
      waitingRoom: {
        mode,
        order: "fifo",
        activeLimit: 1,
        admissionsPerMinute: 60_000,
        sessionSeconds: 600,
        claimSeconds: 120,
      },
    })
  ).id;

const invite = (concertId: string, usesLimit = 10) =>
  createInvitation(db, { concertId, invitation: { label: "Fan club", usesLimit }, by: organizer });

async function joinAs(client: Client, concertId: string) {
  const { id: userId } = await makeUser(db);
  const { view } = await joinQueue(client, { concertId, userId });
  return { userId, claims: readQueueToken(view.token as string) as QueueClaims };
}

async function tick(concertId: string) {
  await db.execute(sql`update queues set credit_at = credit_at - interval '1 minute' where concert_id = ${concertId}`);
  return await admitNext(db, concertId);
}

async function positionOf(client: Client, claims: QueueClaims) {
  await (await getLine(client, claims.concertId)).read();
  return (await pollQueue(client, claims)).position;
}

describe("spendInvitation", () => {
  it("admits a waiting fan in place; everyone behind moves on by exactly one, nobody ahead moves", async () => {
    const id = await make();
    const fans = await Promise.all(Array.from({ length: 5 }, () => joinAs(db, id)));
    fans.sort((a, b) => (a.claims.number as number) - (b.claims.number as number));
    for (const client of [db, other])
      for (const [at, fan] of fans.entries()) expect(await positionOf(client, fan.claims)).toBe(at + 1);
    const { code } = await invite(id);
    const passed = await spendInvitation(other, {
      concertId: id,
      userId: fans[2]!.userId,
      code: ` ${code.toLowerCase()} `,
    });
    expect(passed).toMatchObject({ admitted: true, view: { status: "admitted", number: 3, position: null } });
    // At once on the process that did it, and after its next read on the other one.
    expect((await pollQueue(other, fans[3]!.claims)).position).toBe(3);
    for (const client of [db, other]) {
      const positions = [];
      for (const fan of fans) positions.push(await positionOf(client, fan.claims));
      expect(positions).toEqual([1, 2, null, 3, 4]);
    }
    expect(JSON.parse(await readPulse(db, id))).toMatchObject({
      servedThrough: 0,
      lastNumber: 5,
      gone: { counts: [1] },
    });
    expect(await queueStats(db, id)).toMatchObject({ waiting: 4, admitted: 1, left: 0 });
    await requireAdmission(other, { token: passed.view.token, concertId: id, userId: fans[2]!.userId });

    // It takes nobody's place: the next in line comes in beside it, and the line goes on past its number.
    expect(await tick(id)).toBe(1);
    expect(await positionOf(db, fans[1]!.claims)).toBe(1);
    await db.execute(
      sql`update queue_entries set status = 'completed', ended_at = now() where concert_id = ${id} and number <= 2 and status = 'admitted'`,
    );
    expect(await tick(id)).toBe(1);
    expect(await positionOf(db, fans[3]!.claims)).toBe(1);
    expect(await positionOf(other, fans[4]!.claims)).toBe(2);
  });

  it("admits a newcomer at once, whatever the line and its limits", async () => {
    const id = await make();
    const ahead = await joinAs(db, id);
    await tick(id);
    const waiting = await joinAs(db, id);
    const { code } = await invite(id);
    const { id: userId } = await makeUser(db);
    const { view } = await spendInvitation(db, { concertId: id, userId, code });
    expect(view).toMatchObject({ status: "admitted", number: 3 });
    expect(await positionOf(other, waiting.claims)).toBe(1);
    expect((await joinQueue(other, { concertId: id, userId })).created).toBe(false);
    // Whoever comes later is right behind.
    expect(await positionOf(other, (await joinAs(db, id)).claims)).toBe(2);
    expect(await queueStats(db, id)).toMatchObject({ waiting: 2, admitted: 2, left: 0, completed: 0 });
    expect(ahead.claims.number).toBe(1);
  });

  it("spends nothing for a fan who is inside, and is counted and logged otherwise", async () => {
    const id = await make();
    const fan = await joinAs(db, id);
    await tick(id);
    const { id: invitationId, code } = await invite(id);
    const kept = await spendInvitation(db, { concertId: id, userId: fan.userId, code: "whatever" });
    expect(kept).toMatchObject({ admitted: false, view: { status: "admitted", number: 1 } });
    expect((await listInvitations(db, id))[0]).toMatchObject({ uses: 0, usesLimit: 10, label: "Fan club", code });
    const users = [await makeUser(db), await makeUser(db)];
    for (const { id: userId } of users) {
      await spendInvitation(db, { concertId: id, userId, code });
      await spendInvitation(other, { concertId: id, userId, code });
    }
    expect((await listInvitations(db, id))[0]).toMatchObject({ uses: 2 });
    const first = await listInvitationUses(db, { concertId: id, invitationId, limit: 1 });
    const { items, nextCursor } = await listInvitationUses(db, {
      concertId: id,
      invitationId,
      limit: 5,
      cursor: first.nextCursor!,
    });
    expect([...first.items, ...items].map(({ userId }) => userId)).toEqual([users[1]!.id, users[0]!.id]);
    expect(nextCursor).toBeNull();
  });

  it("refuses codes that are unknown, another concert's, revoked or used up", async () => {
    const [id, elsewhere] = [await make(), await make()];
    const { code } = await invite(id, 1);
    const revoked = await invite(id);
    await revokeInvitation(db, { concertId: id, invitationId: revoked.id, by: organizer });
    await revokeInvitation(other, { concertId: id, invitationId: revoked.id, by: organizer });
    const spendAs = async (concertId: string, spent: string) =>
      spendInvitation(db, { concertId, userId: (await makeUser(db)).id, code: spent });
    await spendAs(id, code);
    await expect(spendAs(id, code)).rejects.toMatchObject({ code: "conflict" });
    await expect(spendAs(id, revoked.code)).rejects.toMatchObject({ code: "not_found" });
    await expect(spendAs(elsewhere, code)).rejects.toMatchObject({ code: "not_found" });
    await expect(spendAs(id, "0000-0000-0000")).rejects.toMatchObject({ code: "not_found" });
    expect(await queueStats(db, id)).toMatchObject({ waiting: 0, admitted: 1 });
    const { items } = await listRoomChanges(db, { concertId: id, limit: 9 });
    expect(items.map(({ kind }) => kind)).toEqual(["invitation_revoked", "invitation", "invitation", "import"]);
  });

  it("lets nobody in before the opening or while paused, nor newcomers while closed; the code is not spent", async () => {
    const id = await make("paused");
    const waiting = await joinAs(db, id);
    const { code } = await invite(id, 1);
    const newcomer = (await makeUser(db)).id;
    const pass = (userId: string) => spendInvitation(db, { concertId: id, userId, code });
    await expect(pass(waiting.userId)).rejects.toMatchObject({ code: "queue_closed" });
    await changeRoom(db, { concertId: id, change: { mode: "closed" } });
    await expect(pass(newcomer)).rejects.toMatchObject({ code: "queue_closed" });
    await db.execute(sql`update queues set opens_at = now() + interval '1 hour' where concert_id = ${id}`);
    await expect(pass(waiting.userId)).rejects.toMatchObject({ code: "not_on_sale" });
    await db.execute(sql`update queues set opens_at = now() - interval '1 hour' where concert_id = ${id}`);
    expect(await pass(waiting.userId)).toMatchObject({ admitted: true });
  });

  it("lets in exactly as many as its limit when two processes are stormed", async () => {
    const id = await make();
    const { code } = await invite(id, 5);
    const users = await crowd(40, () => makeUser(db));
    const outcomes = await Promise.allSettled(
      users.map(({ id: userId }, at) => spendInvitation(at % 2 ? db : other, { concertId: id, userId, code })),
    );
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(5);
    const reasons = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason.code] : []));
    expect(new Set(reasons)).toEqual(new Set(["conflict"]));
    expect((await listInvitations(db, id))[0]?.uses).toBe(5);
    expect(await queueStats(db, id)).toMatchObject({ admitted: 5, waiting: 0 });
  });

  it("would let in too many if the limit were read first and written after (negative control)", async () => {
    const id = await make();
    const { id: invitationId } = await invite(id, 5);
    const meet = meetingOf(6);
    const unguarded = async (client: Client) => {
      const { rows } = await client.execute<{ uses: number }>(
        sql`select uses from queue_invitations where concert_id = ${id} and id = ${invitationId}`,
      );
      const uses = rows[0]?.uses ?? 0;
      if (uses >= 5) return false;
      await meet();
      await client.execute(
        sql`update queue_invitations set uses = ${uses + 1} where concert_id = ${id} and id = ${invitationId}`,
      );
      return true;
    };
    const passed = await Promise.all(Array.from({ length: 40 }, (_, at) => unguarded(at % 2 ? db : other)));
    expect(passed.filter(Boolean).length).toBeGreaterThan(5);
  });
});

describe("codes", () => {
  it("survive being read out, and are their own normal form", () => {
    const code = codeFrom(new Uint8Array(12).map((_, at) => at * 23));
    expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{12}$/);
    expect(normalCode(shownCode(code).toLowerCase())).toBe(code);
    expect(shownCode("ABCDEFGHJKMN")).toBe("ABCD-EFGH-JKMN");
    expect(normalCode("o0il 1-1")).toBe("001111");
  });
});
