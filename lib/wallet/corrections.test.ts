import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { meetingOf } from "@/db/testing/crowd";
import { cloneDatabase, type TestDatabase } from "@/db/testing/database";
import { makeUser } from "@/db/testing/factories";
import { newId } from "@/lib/core/ids";
import { adjustWallet } from "./adjust-wallet";
import { payFromWallet } from "./pay-from-wallet";
import { checkLedger, getWallet, listEntries, readOwedAmount, readToppedUpToday } from "./queries";
import { readStatement } from "./read-statement";
import { refundToWallet } from "./refund-to-wallet";
import { BALANCE_LIMIT } from "./rules";
import { adjustmentSchema, statementSpanSchema } from "./schema";
import { takeBackTopUp } from "./take-back";
import { creditTopUp, topUp } from "./top-up";

let test: TestDatabase;
let organizer: string;
beforeAll(async () => {
  test = await cloneDatabase();
  organizer = (await makeUser(test.db, { role: "organizer" })).id;
});
afterAll(async () => {
  expect(await checkLedger(test.db)).toEqual([]);
  await test.drop();
});

const fan = async (balance = 0) => (await makeUser(test.db, { balance })).id;
const due = (userId: string, amount: number) => ({
  userId,
  amount,
  currency: "KRW",
  concertId: newId(),
  reservationId: newId(),
  refundId: newId(),
  at: new Date(),
});
const takeBack = (given: { userId: string; topUpId: string; amount: number }) =>
  test.db.transaction((tx) => takeBackTopUp(tx, given));
const standing = async (userId: string) => ({
  balance: (await getWallet(test.db, userId)).balance,
  owed: await readOwedAmount(test.db, userId),
});
const refusals = (outcomes: PromiseSettledResult<unknown>[]) =>
  outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason.code] : []));

describe("the daily limit", () => {
  it("holds when twenty top-ups arrive at once", async () => {
    const userId = await fan();
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, () => topUp(test.db, { userId, amount: 1000, dailyLimit: 7500 })),
    );
    expect(refusals(outcomes)).toEqual(Array(13).fill("balance_limit_exceeded"));
    expect((await getWallet(test.db, userId)).balance).toBe(7000);
    await expect(topUp(test.db, { userId, amount: 501, dailyLimit: 7500 })).rejects.toMatchObject({
      status: 422,
      extra: { limit: BALANCE_LIMIT, dailyLimit: 7500, today: 7000, balance: 7000 },
    });
    await topUp(test.db, { userId, amount: 500, dailyLimit: 7500 });
  });

  it("would be passed if the day were read first and added to later (negative control)", async () => {
    const userId = await fan();
    await topUp(test.db, { userId, amount: 1 });
    const meet = meetingOf(8);
    const naive = async () => {
      if ((await readToppedUpToday(test.db, userId)) + 1000 > 7500) throw new Error("over");
      await meet();
      await topUp(test.db, { userId, amount: 1000 });
    };
    await Promise.allSettled(Array.from({ length: 20 }, naive));
    expect(await readToppedUpToday(test.db, userId)).toBeGreaterThan(7500);
  });

  it("starts anew with the day, and binds the very first top-up too", async () => {
    const userId = await fan();
    await expect(topUp(test.db, { userId, amount: 6000, dailyLimit: 5000 })).rejects.toMatchObject({
      code: "balance_limit_exceeded",
    });
    await topUp(test.db, { userId, amount: 5000, dailyLimit: 5000 });
    await test.db.execute(sql`update wallets set top_up_day = top_up_day - 1 where user_id = ${userId}`);
    expect(await readToppedUpToday(test.db, userId)).toBe(0);
    await topUp(test.db, { userId, amount: 5000, dailyLimit: 5000 });
    expect(await readToppedUpToday(test.db, userId)).toBe(5000);
  });

  it("never turns money away that a provider has taken already, nor does the cap", async () => {
    const userId = await fan(BALANCE_LIMIT);
    const topUpId = newId();
    const { balance } = await creditTopUp(test.db, { userId, amount: 9000, topUpId });
    expect(balance).toBe(BALANCE_LIMIT + 9000);
    expect(await readToppedUpToday(test.db, userId)).toBe(9000);
    await expect(creditTopUp(test.db, { userId, amount: 9000, topUpId })).rejects.toThrow();
    expect((await getWallet(test.db, userId)).balance).toBe(BALANCE_LIMIT + 9000);
  });
});

describe("takeBackTopUp", () => {
  it("takes what is there, and the rest from the next money of any kind", async () => {
    const userId = await fan();
    const topUpId = newId();
    await creditTopUp(test.db, { userId, amount: 50_000, topUpId });
    const ticket = due(userId, 40_000);
    await payFromWallet(test.db, ticket);
    await takeBack({ userId, topUpId, amount: 50_000 });
    expect(await standing(userId)).toEqual({ balance: 0, owed: 40_000 });
    await test.db.transaction((tx) =>
      adjustWallet(tx, { userId, amount: 5000, reason: "goodwill", madeBy: organizer }),
    );
    expect(await standing(userId)).toEqual({ balance: 0, owed: 35_000 });
    expect(await test.db.transaction((tx) => refundToWallet(tx, ticket))).toEqual({ balance: 5000 });
    expect(await standing(userId)).toEqual({ balance: 5000, owed: 0 });
    const { items } = await listEntries(test.db, { userId, limit: 20 });
    expect(items.map((entry) => `${entry.kind} ${entry.amount}`).sort()).toEqual([
      "adjustment 5000",
      "payment -40000",
      "refund 40000",
      "reversal -10000",
      "reversal -35000",
      "reversal -5000",
      "top_up 50000",
    ]);
  });

  it("gives it again when the provider lets it stand after all", async () => {
    const userId = await fan();
    const topUpId = newId();
    await creditTopUp(test.db, { userId, amount: 30_000, topUpId });
    await payFromWallet(test.db, due(userId, 20_000));
    await takeBack({ userId, topUpId, amount: 30_000 });
    expect(await standing(userId)).toEqual({ balance: 0, owed: 20_000 });
    await takeBack({ userId, topUpId, amount: -30_000 });
    expect(await standing(userId)).toEqual({ balance: 10_000, owed: 0 });
  });

  it("leaves nothing owed beside money, whatever happens at the same moment", async () => {
    for (let round = 0; round < 5; round += 1) {
      const userId = await fan();
      const topUpId = newId();
      await creditTopUp(test.db, { userId, amount: 10_000, topUpId });
      const tickets = Array.from({ length: 5 }, () => due(userId, 2000));
      for (const ticket of tickets) await payFromWallet(test.db, ticket);
      await Promise.all([
        takeBack({ userId, topUpId, amount: 7000 }),
        ...tickets.map((ticket) => test.db.transaction((tx) => refundToWallet(tx, ticket))),
      ]);
      expect(await standing(userId)).toEqual({ balance: 3000, owed: 0 });
    }
  });
});

describe("adjustWallet", () => {
  it("writes down why and by whom, for good", async () => {
    const userId = await fan(1000);
    const { balance, entry } = await adjustWallet(test.db, {
      userId,
      amount: -400,
      reason: "counted twice at the desk",
      madeBy: organizer,
    });
    expect(balance).toBe(600);
    expect(entry).toMatchObject({ kind: "adjustment", amount: -400, reason: "counted twice at the desk" });
    const { rows } = await test.db.execute(
      sql`select account, amount, made_by, reason from ledger_entries where user_id = ${userId} and kind = 'adjustment' order by account`,
    );
    expect(rows).toEqual([
      { account: "adjustments", amount: 400, made_by: organizer, reason: "counted twice at the desk" },
      { account: "wallet", amount: -400, made_by: organizer, reason: "counted twice at the desk" },
    ]);
  });

  it("never goes below zero, also when thirty arrive at once", async () => {
    const userId = await fan(1000);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 30 }, () =>
        adjustWallet(test.db, { userId, amount: -100, reason: "thirty at once", madeBy: organizer }),
      ),
    );
    expect(refusals(outcomes)).toEqual(Array(20).fill("insufficient_balance"));
    expect(await standing(userId)).toEqual({ balance: 0, owed: 0 });
    await expect(
      adjustWallet(test.db, { userId, amount: -1, reason: "one more", madeBy: organizer }),
    ).rejects.toMatchObject({ extra: { balance: 0, required: 1 } });
  });

  it("keeps the cap and knows no wallet without an account", async () => {
    const userId = await fan(BALANCE_LIMIT);
    const given = { amount: 1, reason: "one too many", madeBy: organizer };
    await expect(adjustWallet(test.db, { ...given, userId })).rejects.toMatchObject({ code: "balance_limit_exceeded" });
    await expect(adjustWallet(test.db, { ...given, userId: newId() })).rejects.toMatchObject({ code: "not_found" });
  });

  it.each([
    { amount: 0, reason: "nothing" },
    { amount: 1.5, reason: "half a won" },
    { amount: 10_000_001, reason: "too much" },
    { amount: 1, reason: "  " },
    { amount: 1 },
    { amount: 1, reason: "r".repeat(201) },
    { amount: 1, reason: "fine", userId: "x" },
  ])("takes no %j", (body) => {
    expect(adjustmentSchema.safeParse(body).success).toBe(false);
  });
});

describe("readStatement", () => {
  it("runs on from the opening balance, line by line, over the days asked for", async () => {
    const userId = await fan();
    for (const amount of [100, 200, 300, 400]) await topUp(test.db, { userId, amount });
    // One entry a day at midnight in Seoul, and one a moment before the next.
    await test.db.execute(sql`
      update ledger_entries l set created_at = ('2027-01-01'::timestamp + make_interval(days => n.day) - make_interval(secs => n.early)) at time zone 'Asia/Seoul'
      from (values (100, 0, 0), (200, 1, 0), (300, 2, 0.000001), (400, 2, 0)) n (amount, day, early)
      where l.user_id = ${userId} and abs(l.amount) = n.amount`);
    const statement = await readStatement(test.db, { userId, from: "2027-01-02", to: "2027-01-02" });
    expect(statement).toMatchObject({ currency: "KRW", opening: 100, closing: 600 });
    expect(statement.lines.map((line) => [line.amount, line.balance])).toEqual([
      [200, 300],
      [300, 600],
    ]);
    const whole = await readStatement(test.db, { userId, from: "2026-12-01", to: "2027-01-31" });
    expect(whole).toMatchObject({ opening: 0, closing: 1000 });
    expect(await readStatement(test.db, { userId, from: "2027-02-01", to: "2027-02-02" })).toMatchObject({
      opening: 1000,
      closing: 1000,
      lines: [],
    });
  });

  it("is bounded", () => {
    const takes = (from: string, to: string) => statementSpanSchema.safeParse({ from, to }).success;
    expect(takes("2027-01-01", "2028-01-01")).toBe(true);
    expect(takes("2027-01-01", "2028-01-02")).toBe(false);
    expect(takes("2027-01-02", "2027-01-01")).toBe(false);
    expect(takes("2027-02-30", "2027-03-01")).toBe(false);
  });
});
