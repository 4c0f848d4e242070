import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { sql } from "drizzle-orm";
import type pg from "pg";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Client } from "@/db/client";
import { cloneDatabase, type TestDatabase } from "@/db/testing/database";
import { newId } from "@/lib/core/ids";
import { admit, type Fan, hold, makeHall, payOnce, topUpOnce } from "@/lib/invariants/testing/world";
import { cancelReservation } from "@/lib/payment/cancel-reservation";
import { stopLines } from "@/lib/queue/line";
import { checkInTicket } from "@/lib/tickets/check-in-ticket";
import { type Answer, CallLog, type Intent } from "../log";
import { compare } from "./compare";

let test: TestDatabase;
let dir: string;
let log: CallLog;
beforeEach(async () => {
  test = await cloneDatabase();
  dir = await mkdtemp(path.join(tmpdir(), "frontrow-compare-"));
  log = new CallLog(path.join(dir, "calls.jsonl"));
});
afterEach(async () => {
  await log.close();
  stopLines(test.db);
  await test.drop();
  await rm(dir, { recursive: true });
});

const read = async <Row extends pg.QueryResultRow>(text: string) => (await test.db.$client.query<Row>(text)).rows;

const answer = (status: number, text: string): Answer => ({
  outcome: "ok",
  status,
  code: null,
  text,
  body: JSON.parse(text),
  replayed: false,
});

function know(what: Intent["what"], key: string, { status, body }: { status: number; body: string }): void {
  const intent: Intent = { key, fan: 0, what, method: "POST", path: "/", final: null, wasUnknown: false };
  log.settle(intent, answer(status, body));
  log.intents.set(key, intent);
}

/** A fan who did a bit of everything, and a log that knows all of it. */
async function makeStory(db: Client) {
  const hall = await makeHall(db);
  const [fan] = (await admit(db, hall, 1)) as [Fan];
  const { userId } = fan;
  // The money that the fan came with is not in the log.
  await db.execute(sql`delete from ledger_entries`);
  await db.execute(sql`update wallets set balance = 0`);
  know("top up", "top-up", await topUpOnce(db, userId, 70_000, "top-up"));
  const paid = await hold(db, hall, fan, 0);
  const payment = await payOnce(db, fan, paid.id, "pay");
  know("pay", "pay", payment);
  const code = JSON.parse(payment.body).tickets[0].code;
  await checkInTicket(db, { code });
  const ticketId = JSON.parse(payment.body).tickets[0].id;
  log.checkIns.set(ticketId, { code, done: 1, unknown: false });
  const refunded = await hold(db, hall, fan, 1);
  know("pay", "pay-too", await payOnce(db, fan, refunded.id, "pay-too"));
  await cancelReservation(db, { concertId: hall.concertId, reservationId: refunded.id, userId });
  log.givenUp.set(refunded.id, { fan: 0, path: "", outcome: "ok" });
  // Holds were made without keys here.
  for (const { id } of [paid, refunded]) {
    know("hold", id, { status: 201, body: JSON.stringify({ id }) });
    await db.execute(
      sql`insert into idempotency_keys values (${userId}, ${id}, '', 201, ${JSON.stringify({ id })}, now())`,
    );
  }
  const { rows } = await db.execute<{ number: number }>(
    sql`select number from queue_entries where id = ${fan.admission.entryId}`,
  );
  log.places.set(fan.admission.entryId, { fan: 0, number: rows[0]?.number as number, left: false });
  return { ...hall, userId, paid, refunded, ticketId, entryId: fan.admission.entryId };
}

type Story = Awaited<ReturnType<typeof makeStory>>;

const LIES: [what: string, accusation: RegExp, lie: (story: Story) => unknown][] = [
  [
    "a top-up that vanished",
    /top-up .* was acknowledged and is not there/,
    ({ userId }) => sql`delete from ledger_entries where user_id = ${userId} and kind = 'top_up'`,
  ],
  [
    "a top-up that came twice",
    /top-up .* is there, and nobody was told/,
    ({ userId }) => topUpOnce(test.db, userId, 5, "unasked"),
  ],
  [
    "a top-up of another amount",
    /was acknowledged as fan 0, 70000 and is there as/,
    () => sql`update ledger_entries set amount = amount + 1 where kind = 'top_up' and account = 'wallet'`,
  ],
  [
    "money that vanished",
    /the wallet of fan 0 holds 59999; by the answers it should be 60000/,
    () => sql`update wallets set balance = balance - 1`,
  ],
  [
    "a payment that vanished",
    /payment .* was acknowledged and is not there/,
    ({ paid }) => sql`delete from payments where reservation_id = ${paid.id}`,
  ],
  [
    "a hold that vanished",
    /reservation .* was acknowledged and is not there/,
    () =>
      log.intents.set("x", {
        ...(log.intents.get("pay") as Intent),
        key: "x",
        what: "hold",
        final: answer(201, JSON.stringify({ id: newId() })),
      }),
  ],
  [
    "a reservation that came back",
    /was given up and is paid/,
    ({ refunded }) => sql`update reservations set status = 'paid' where id = ${refunded.id}`,
  ],
  [
    "a refund that nobody asked for",
    /was paid, 10000 of it is left, and it is refunded/,
    ({ refunded }) => log.givenUp.delete(refunded.id),
  ],
  [
    "an answer that changed",
    /key pay \(pay\) was answered 201 .*; kept is 201 {}/,
    () => sql`update idempotency_keys set body = '{}' where key = 'pay'`,
  ],
  [
    "a refusal that was none",
    /key pay \(pay\) was refused \(queue_waiting\); kept is 201/,
    () => Object.assign(log.intents.get("pay")?.final as Answer, { outcome: "refused", code: "queue_waiting" }),
  ],
  [
    "a place in line that vanished",
    /place .* was given and is not there/,
    () => log.places.set(newId(), { fan: 0, number: 9, left: false }),
  ],
  [
    "a number that changed",
    /it is number 77 of/,
    ({ entryId }) => sql`update queue_entries set number = 77 where id = ${entryId}`,
  ],
  [
    "a place that was left and is still held",
    /left place .*, which is still admitted/,
    ({ entryId }) => Object.assign(log.places.get(entryId) ?? {}, { left: true }),
  ],
  [
    "a ticket that let two in",
    /was let in 2 times/,
    ({ ticketId }) => Object.assign(log.checkIns.get(ticketId) ?? {}, { done: 2 }),
  ],
  [
    "a check-in that was forgotten",
    /was let in and does not say so/,
    () => sql`update tickets set status = 'issued', checked_in_at = null`,
  ],
  ["a ticket that nobody scanned", /was used, and nobody scanned it/, () => log.checkIns.clear()],
];

describe("the comparison of log and database", () => {
  it("finds nothing where all is true", async () => {
    const { userId } = await makeStory(test.db);
    const counts = await compare({ log, read, userIds: [userId] });
    expect(log.violations).toEqual([]);
    expect(counts).toEqual({ topUps: 1, holds: 2, payments: 2, refunds: 1, places: 1, checkIns: 1, claims: 0 });
  });

  it.each(LIES)("finds %s", async (_, accusation, lie) => {
    const story = await makeStory(test.db);
    const told = lie(story);
    if (told && typeof told === "object" && "queryChunks" in told)
      await test.db.execute(told as ReturnType<typeof sql>);
    else await told;
    await compare({ log, read, userIds: [story.userId] });
    expect(log.violations.join("\n")).toMatch(accusation);
  });
});

describe("the log of calls", () => {
  const intent = (): Intent => ({
    key: "k",
    fan: 0,
    what: "pay",
    method: "POST",
    path: "/",
    final: null,
    wasUnknown: false,
  });
  const refusal = (status: number): Answer => ({
    ...answer(status, `{"code":"x${status}"}`),
    outcome: "refused",
    code: `x${status}`,
  });
  const nothing: Answer = { ...answer(503, "{}"), outcome: "unknown" };

  it("does not take a refusal at the gate for the end of a call of which nothing was heard", () => {
    const one = intent();
    log.settle(one, nothing);
    log.settle(one, refusal(403));
    expect(one.final).toBeNull();
    log.settle(one, answer(201, '{"id":1}'));
    expect(one.final?.status).toBe(201);
    log.settle(one, refusal(403));
    log.settle(one, answer(201, '{"id":1}'));
    expect(log.violations).toEqual([]);
    log.settle(one, answer(201, '{"id":2}'));
    expect(log.violations.join()).toMatch(/answered in two ways/);
  });

  it("holds on to a refusal that is kept with the key", () => {
    const one = intent();
    log.settle(one, refusal(409));
    log.settle(one, answer(201, '{"id":1}'));
    expect(log.violations.join()).toMatch(/answered in two ways/);
  });
});
