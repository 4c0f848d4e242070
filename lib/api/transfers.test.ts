import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newId } from "@/lib/core/ids";
import { issued } from "@/lib/tickets/testing/paid-reservation";
import { type Harness, startHarness } from "./testing/harness";

let on: Harness;
beforeAll(async () => {
  on = await startHarness();
});
afterAll(() => on.drop());

async function holder() {
  const fan = await on.makeCaller();
  const { tickets, concertId, performanceId } = await issued(on.db, 1, fan.userId);
  return { ...fan, ticketId: tickets[0]!.id, code: tickets[0]!.code, concertId, performanceId };
}

describe("handing a ticket on", () => {
  it("goes by link from one fan to the next, and the door knows", async () => {
    const [fan, friend, organizer] = [await holder(), await on.makeCaller(), await on.makeCaller("organizer")];
    const at = `/api/tickets/${fan.ticketId}`;
    const made = await on.call("POST", `${at}/transfer`, fan);
    expect(made).toMatchObject({ status: 201, json: { path: `/tickets/claim#${made.json.token}` } });
    expect(await on.call("POST", `${at}/transfer`, fan)).toMatchObject({ status: 200, json: made.json });
    expect((await on.call("GET", at, fan)).json.transfer).toEqual(made.json);

    const body = { token: made.json.token as string };
    const seen = await on.call("POST", "/api/tickets/claims/preview", { ...friend, body });
    expect(seen).toMatchObject({ status: 200, json: { section: "A", row: 1, number: 1, ticketId: null } });
    expect(seen.text).not.toContain(fan.code);
    expect(await on.call("POST", "/api/tickets/claims", { body })).toMatchObject({ status: 401 });
    const taken = await on.call("POST", "/api/tickets/claims", { ...friend, body });
    expect(taken).toMatchObject({ status: 200, json: { id: fan.ticketId, bought: false } });

    expect((await on.call("GET", at, fan)).status).toBe(404);
    expect((await on.call("GET", "/api/given-tickets", fan)).json.items).toMatchObject([
      { ticketId: fan.ticketId, to: { name: "Someone" } },
    ]);
    expect((await on.call("GET", "/api/tickets", friend)).json.items).toEqual([taken.json]);

    const door = (code: string) =>
      on.call("POST", "/api/admin/check-ins", { ...organizer, body: { code, performanceId: fan.performanceId } });
    expect(await door(fan.code)).toMatchObject({
      status: 422,
      code: "ticket_invalid",
      json: { reason: "transferred" },
    });
    const entered = await door(taken.json.code);
    expect(entered.status).toBe(200);
    expect(await door(taken.json.code)).toMatchObject({
      status: 409,
      code: "already_checked_in",
      json: { checkedInAt: entered.json.checkedInAt, seat: { section: "A", row: 1, number: 1, tier: "R" } },
    });
    const counts = await on.call("GET", `/api/admin/concerts/${fan.concertId}/check-ins`, organizer);
    expect(counts.json.items).toMatchObject([{ performanceId: fan.performanceId, tickets: 1, checkedIn: 1 }]);
    expect((await on.call("GET", `/api/admin/concerts/${fan.concertId}/check-ins`, fan)).status).toBe(403);
  });

  it("refuses with a reason", async () => {
    const [fan, friend] = [await holder(), await on.makeCaller()];
    const at = `/api/tickets/${fan.ticketId}/transfer`;
    for (const method of ["POST", "DELETE"]) {
      expect(await on.call(method, at, friend)).toMatchObject({ status: 404 });
      expect(await on.call(method, `/api/tickets/${newId()}/transfer`, fan)).toMatchObject({ status: 404 });
    }
    const { token } = (await on.call("POST", at, fan)).json;
    for (const path of ["/api/tickets/claims", "/api/tickets/claims/preview"]) {
      const claim = (asked: { token: string }, body: object) => on.call("POST", path, { token: asked.token, body });
      expect(await claim(friend, { token: fan.code })).toMatchObject({ status: 422, code: "ticket_invalid" });
      expect(await claim(friend, { token, userId: fan.userId })).toMatchObject({ status: 400 });
      expect(await claim(fan, { token })).toMatchObject({ status: 409, code: "conflict", json: { reason: "own" } });
    }
    expect((await on.call("DELETE", at, fan)).status).toBe(204);
    expect((await on.call("DELETE", at, fan)).status).toBe(204);
    expect(await on.call("POST", "/api/tickets/claims", { ...friend, body: { token } })).toMatchObject({
      status: 409,
      json: { reason: "revoked" },
    });
  });
});

describe("a ticket's PDF", () => {
  it("is drawn thirty times in ten minutes for a fan, not more", async () => {
    const fan = await holder();
    await on.db.execute(
      `insert into rate_limits (key, window_start, count) values ('ticket-pdf:${fan.userId}', now(), 30)`,
    );
    const refused = await on.call("GET", `/api/tickets/${fan.ticketId}.pdf`, fan);
    expect(refused).toMatchObject({ status: 429, code: "rate_limited" });
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect((await on.call("GET", `/api/tickets/${fan.ticketId}.svg`, fan)).status).toBe(200);
  });
});
