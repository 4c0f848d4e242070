import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { inDays, makeConcert } from "@/db/testing/factories";
import { newId } from "@/lib/core/ids";
import { checkLedger } from "@/lib/wallet/queries";
import { type Harness, startHarness } from "./testing/harness";

let on: Harness;
beforeAll(async () => {
  on = await startHarness();
});
afterAll(async () => {
  expect(await checkLedger(on.db)).toEqual([]);
  await on.drop();
});

const waitingRoom = { mode: "off" } as const;

/** A fan who was let in at once and holds one seat of 10,000 won. */
async function holder(given: { concert?: Awaited<ReturnType<typeof makeConcert>>; balance?: number } = {}) {
  const concert = given.concert ?? (await makeConcert(on.db, { waitingRoom }));
  const fan = await on.makeCaller();
  const at = `/api/concerts/${concert.id}`;
  const joined = await on.call("POST", `${at}/queue`, { token: fan.token });
  expect(joined.json.status).toBe("admitted");
  const as = { token: fan.token, queueToken: joined.json.token as string };
  if (given.balance) await on.call("PATCH", "/api/wallet", { ...as, body: { amount: given.balance } });
  const body = { performanceId: concert.performances[0]!.id, bestAvailable: { count: 1 } };
  const held = await on.call("POST", `${at}/reservations`, { ...as, body });
  expect(held.status).toBe(201);
  const path = `${at}/reservations/${held.json.id}`;
  const pay = (key?: string) => on.call("POST", `${path}/payment`, { ...as, ...(key ? { key } : {}) });
  return { ...fan, as, at, concert, reservationId: held.json.id as string, path, pay };
}

describe("paying", () => {
  it("debits once, issues the tickets and replays its answer, also when the admission is over", async () => {
    const concert = await makeConcert(on.db, { waitingRoom, maxSeatsPerFan: 1 });
    const fan = await holder({ concert, balance: 15_000 });
    const answers = await Promise.all(Array.from({ length: 8 }, () => fan.pay("once")));
    const paid = await fan.pay("once");
    expect(paid).toMatchObject({
      status: 201,
      json: { amount: 10_000, balance: 5000, reservationId: fan.reservationId },
    });
    expect(paid.headers.get("idempotent-replayed")).toBe("true");
    for (const answer of answers) {
      if (answer.status === 201) expect(answer.text).toBe(paid.text);
      else expect(answer.code).toBe("idempotency_in_progress");
    }
    // The gate may remember for a second what one of the eight found out before the payment ended the admission.
    expect(["admission_expired", "reservation_already_paid"]).toContain((await fan.pay()).code);
    expect((await on.call("GET", `${fan.at}/queue`, fan.as)).json.status).toBe("completed");
    expect((await on.call("GET", "/api/wallet", fan)).json.balance).toBe(5000);
    expect((await on.call("GET", fan.path, fan)).json.status).toBe("paid");
  });

  it("is refused with the reservation's own reason", async () => {
    const poor = await holder();
    const short = await poor.pay("k");
    expect(short).toMatchObject({ status: 402, code: "insufficient_balance", json: { balance: 0, required: 10_000 } });
    await on.call("PATCH", "/api/wallet", { ...poor.as, body: { amount: 30_000 } });
    expect((await poor.pay("k")).text).toBe(short.text);
    expect((await poor.pay("k2")).status).toBe(201);
    expect(await poor.pay()).toMatchObject({ status: 409, code: "reservation_already_paid" });
    expect(await poor.pay("k")).toMatchObject({ status: 402 });

    const late = await holder({ balance: 20_000 });
    await on.db.execute(
      sql`update reservations set expires_at = now() - interval '1 second' where id = ${late.reservationId}`,
    );
    await on.db.execute(
      sql`update seats set held_until = now() - interval '1 second' where reservation_id = ${late.reservationId}`,
    );
    for (let n = 0; n < 2; n++) expect(await late.pay()).toMatchObject({ status: 409, code: "reservation_expired" });
    expect((await on.call("GET", late.path, late)).json.status).toBe("expired");

    const gone = await holder({ balance: 20_000 });
    expect((await on.call("DELETE", gone.path, gone)).status).toBe(204);
    expect(await gone.pay()).toMatchObject({ status: 409, code: "reservation_cancelled" });
    expect(await on.call("DELETE", gone.path, gone)).toMatchObject({ status: 409, code: "not_cancellable" });

    const other = await holder({ concert: gone.concert });
    const theirs = `${other.path}/payment`;
    expect(await on.call("POST", theirs, gone.as)).toMatchObject({ status: 404 });
    expect(await on.call("DELETE", other.path, gone)).toMatchObject({ status: 404 });
    for (const id of [newId(), "x"])
      expect((await on.call("POST", theirs.replace(other.reservationId, id), gone.as)).status).toBe(404);
    expect(await on.call("POST", theirs, { ...other.as, body: "{}" })).toMatchObject({ status: 400 });
  });

  it("can be taken back while the concert's rule allows it, money and seat included", async () => {
    const fan = await holder({ balance: 10_000 });
    const [ticket] = (await fan.pay()).json.tickets;
    expect((await on.call("DELETE", fan.path, fan)).status).toBe(204);
    expect((await on.call("GET", "/api/wallet", fan)).json.balance).toBe(10_000);
    expect((await on.call("GET", fan.path, fan)).json.status).toBe("refunded");
    expect((await on.call("GET", `/api/tickets/${ticket.id}`, fan)).json.status).toBe("void");

    const soon = await makeConcert(on.db, { waitingRoom, performances: [{ startsAt: inDays(0.5) }] });
    const late = await holder({ concert: soon, balance: 10_000 });
    await late.pay();
    expect(await on.call("DELETE", late.path, late)).toMatchObject({ status: 409, code: "not_cancellable" });
  });
});

describe("tickets", () => {
  it("are read, drawn, put into a calendar and printed by their fan alone, and open the door once", async () => {
    const fan = await holder({ balance: 10_000 });
    const [sold] = (await fan.pay()).json.tickets;
    const path = `/api/tickets/${sold.id}`;
    expect((await on.call("GET", "/api/tickets", fan)).json.items).toHaveLength(1);
    expect((await on.call("GET", path, fan)).json).toMatchObject({ code: sold.code, status: "issued" });
    for (const [file, type, start] of [
      [".svg", "image/svg+xml", "<svg"],
      [".ics", "text/calendar; charset=utf-8", "BEGIN:VCALENDAR"],
      [".pdf?locale=en", "application/pdf", "%PDF-"],
    ] as const) {
      const answer = await on.call("GET", path + file, fan);
      expect(answer.status).toBe(200);
      expect(answer.headers.get("content-type")).toBe(type);
      expect(answer.headers.get("content-disposition")).toContain(`ticket-${sold.id}`);
      expect(answer.text.startsWith(start)).toBe(true);
      expect((await on.call("GET", path + file, await on.makeCaller())).status).toBe(404);
      expect((await on.call("GET", path + file)).status).toBe(401);
    }
    for (const unknown of ["/api/tickets/x", "/api/tickets/.svg", `/api/tickets/${newId()}.pdf`, `${path}.png`])
      expect((await on.call("GET", unknown, fan)).status).toBe(404);

    const door = await on.makeCaller("organizer");
    const check = (code: unknown, who = door) => on.call("POST", "/api/admin/check-ins", { ...who, body: { code } });
    expect((await check(sold.code, fan)).status).toBe(403);
    expect(await check(`${sold.code.slice(0, -1)}${sold.code.endsWith("A") ? "B" : "A"}`)).toMatchObject({
      status: 422,
      code: "ticket_invalid",
    });
    expect((await check("")).status).toBe(400);
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => check(sold.code)));
    expect(outcomes.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(outcomes.filter(({ code }) => code === "already_checked_in")).toHaveLength(9);

    const stats = await on.call("GET", `/api/admin/concerts/${fan.concert.id}/stats`, door);
    expect(stats.json).toMatchObject({ seats: { available: 9, held: 0, sold: 1 }, revenue: 10_000 });
  });
});
