import { eq, sql } from "drizzle-orm";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { users } from "@/db/schema/auth";
import { ledgerEntries, wallets } from "@/db/schema/wallet";
import { meetingOf } from "@/db/testing/crowd";
import { cloneDatabase, type TestDatabase } from "@/db/testing/database";
import { newId } from "@/lib/core/ids";
import { adjustWallet } from "./adjust-wallet";
import { openWallet } from "./open-wallet";
import { payFromWallet } from "./pay-from-wallet";
import { checkLedger, getWallet, listEntries, readOwedAmount } from "./queries";
import { refundToWallet } from "./refund-to-wallet";
import { BALANCE_LIMIT, TOP_UP_MAX } from "./rules";
import { topUpSchema } from "./schema";
import { takeBackTopUp } from "./take-back";
import { topUp } from "./top-up";

let test: TestDatabase;
beforeAll(async () => {
  test = await cloneDatabase();
});
afterAll(() => test.drop());

async function fan(balance = 0): Promise<string> {
  const id = newId();
  await test.db.insert(users).values({ id, email: `${id}@example.com`, name: "Fan" });
  for (let left = balance; left > 0; left -= TOP_UP_MAX) {
    await topUp(test.db, { userId: id, amount: Math.min(left, TOP_UP_MAX) });
  }
  return id;
}

const transfer = (userId: string, amount: number, reservationId = newId()) => ({
  userId,
  amount,
  currency: "KRW",
  concertId: newId(),
  reservationId,
  refundId: newId(),
  // Milliseconds beside the database's microseconds: later than any top-up, so that the order is certain.
  at: new Date(Date.now() + 1000),
});

const settle = async (work: Promise<unknown>[]) => {
  const results = await Promise.allSettled(work);
  return {
    done: results.filter((result) => result.status === "fulfilled").length,
    refused: results.flatMap((result) => (result.status === "rejected" ? [result.reason.code] : [])),
  };
};

describe("topUp", () => {
  it("opens the wallet with the first money and writes both sides", async () => {
    const userId = await fan();
    expect(await getWallet(test.db, userId)).toEqual({ balance: 0, currency: "KRW" });
    const first = await topUp(test.db, { userId, amount: 30_000 });
    expect(first).toMatchObject({ balance: 30_000, currency: "KRW" });
    expect(first.entry).toEqual({
      id: expect.any(String),
      kind: "top_up",
      amount: 30_000,
      balanceAfter: 30_000,
      createdAt: expect.any(Date),
      reservationId: null,
      reason: null,
    });
    expect((await topUp(test.db, { userId, amount: 5 })).balance).toBe(30_005);
    expect(await getWallet(test.db, userId)).toEqual({ balance: 30_005, currency: "KRW" });
    const legs = await test.db.select().from(ledgerEntries).where(eq(ledgerEntries.userId, userId));
    expect(legs.map((leg) => [leg.account, leg.amount]).sort()).toEqual([
      ["cash", -30_000],
      ["cash", -5],
      ["wallet", 30_000],
      ["wallet", 5],
    ]);
    expect((await listEntries(test.db, { userId, limit: 10 })).items.at(-1)).toEqual(first.entry);
  });

  it("stops at the limit, also when many arrive at once", async () => {
    const userId = await fan(BALANCE_LIMIT - 3 * TOP_UP_MAX);
    const { done, refused } = await settle(
      Array.from({ length: 20 }, () => topUp(test.db, { userId, amount: TOP_UP_MAX })),
    );
    expect(done).toBe(3);
    expect(new Set(refused)).toEqual(new Set(["balance_limit_exceeded"]));
    await expect(topUp(test.db, { userId, amount: 1 })).rejects.toMatchObject({
      code: "balance_limit_exceeded",
      status: 422,
      extra: { limit: BALANCE_LIMIT, balance: BALANCE_LIMIT },
    });
    expect(await checkLedger(test.db)).toEqual([]);
  });

  it("opens one wallet for twenty first top-ups at once", async () => {
    const userId = await fan();
    const { done } = await settle(Array.from({ length: 20 }, () => topUp(test.db, { userId, amount: 7 })));
    expect(done).toBe(20);
    expect((await getWallet(test.db, userId)).balance).toBe(140);
    await openWallet(test.db, userId);
    expect((await getWallet(test.db, userId)).balance).toBe(140);
  });

  it("knows no wallet without an account", async () => {
    await expect(topUp(test.db, { userId: newId(), amount: 1 })).rejects.toMatchObject({ code: "not_found" });
  });

  it.each([0, -1, 0.5, Number.NaN, Infinity, TOP_UP_MAX + 1, 2 ** 53 + 1, "5", null])(
    "takes no amount of %j",
    (amount) => {
      expect(topUpSchema.safeParse({ amount }).success).toBe(false);
    },
  );
});

describe("payFromWallet and refundToWallet", () => {
  it("move the price out and back, each once", async () => {
    const userId = await fan(100_000);
    const due = transfer(userId, 70_000);
    expect(await payFromWallet(test.db, due)).toEqual({ balance: 30_000 });
    await expect(payFromWallet(test.db, { ...due, amount: 1 })).rejects.toMatchObject({
      code: "reservation_already_paid",
    });
    expect((await getWallet(test.db, userId)).balance).toBe(30_000);
    expect(await refundToWallet(test.db, due)).toEqual({ balance: 100_000 });
    await expect(refundToWallet(test.db, due)).rejects.toMatchObject({ code: "not_cancellable" });
    expect((await getWallet(test.db, userId)).balance).toBe(100_000);
    const { items } = await listEntries(test.db, { userId, limit: 10 });
    expect(items.map((entry) => [entry.kind, entry.amount, entry.balanceAfter, entry.reservationId])).toEqual([
      ["refund", 70_000, 100_000, due.reservationId],
      ["payment", -70_000, 30_000, due.reservationId],
      ["top_up", 100_000, 100_000, null],
    ]);
    expect(await checkLedger(test.db)).toEqual([]);
  });

  it("say what is there and what is needed", async () => {
    const userId = await fan(69_999);
    await expect(payFromWallet(test.db, transfer(userId, 70_000))).rejects.toMatchObject({
      code: "insufficient_balance",
      status: 402,
      extra: { balance: 69_999, required: 70_000 },
    });
    await expect(payFromWallet(test.db, transfer(await fan(), 1))).rejects.toMatchObject({
      extra: { balance: 0, required: 1 },
    });
  });

  it("move nothing for a free seat", async () => {
    const userId = await fan(10);
    expect(await payFromWallet(test.db, transfer(userId, 0))).toEqual({ balance: 10 });
    expect(await refundToWallet(test.db, transfer(userId, 0))).toEqual({ balance: 10 });
    expect((await listEntries(test.db, { userId, limit: 10 })).items).toHaveLength(1);
  });

  it("give back what is owed even to a wallet at its limit", async () => {
    const userId = await fan(BALANCE_LIMIT);
    const due = transfer(userId, 50_000);
    await payFromWallet(test.db, due);
    await topUp(test.db, { userId, amount: 50_000 });
    expect(await refundToWallet(test.db, due)).toEqual({ balance: BALANCE_LIMIT + 50_000 });
  });

  it("leave no trace when the payment's transaction fails", async () => {
    const userId = await fan(1000);
    await expect(
      test.db.transaction(async (tx) => {
        await payFromWallet(tx, transfer(userId, 400));
        throw new Error("later step failed");
      }),
    ).rejects.toThrow("later step failed");
    expect((await getWallet(test.db, userId)).balance).toBe(1000);
    expect(await checkLedger(test.db)).toEqual([]);
  });
});

describe("fifty payments at once from a wallet that can bear ten", () => {
  it("leave it at zero, never below", async () => {
    const userId = await fan(10_000);
    const { done, refused } = await settle(
      Array.from({ length: 50 }, () => payFromWallet(test.db, transfer(userId, 1000))),
    );
    expect(done).toBe(10);
    expect(refused).toEqual(Array(40).fill("insufficient_balance"));
    expect((await getWallet(test.db, userId)).balance).toBe(0);
    expect(await checkLedger(test.db)).toEqual([]);
  });

  it("take one price for one reservation paid fifty times", async () => {
    const userId = await fan(1_000_000);
    const due = transfer(userId, 1000);
    const { done, refused } = await settle(Array.from({ length: 50 }, () => payFromWallet(test.db, due)));
    expect(done).toBe(1);
    expect(refused).toEqual(Array(49).fill("reservation_already_paid"));
    expect((await getWallet(test.db, userId)).balance).toBe(999_000);
  });

  it("would go wrong if the balance were read first and then written (negative control)", async () => {
    await test.db.execute(sql`create table unguarded (id int primary key, balance int8 not null)`);
    await test.db.execute(sql`insert into unguarded values (1, 10000)`);
    const meet = meetingOf(11);
    const { done } = await settle(
      Array.from({ length: 50 }, () =>
        test.db.transaction(async (tx) => {
          const { rows } = await tx.execute<{ balance: number }>(sql`select balance from unguarded where id = 1`);
          if ((rows[0]?.balance ?? 0) < 1000) throw new Error("too little");
          await meet();
          await tx.execute(sql`update unguarded set balance = balance - 1000 where id = 1`);
        }),
      ),
    );
    const { rows } = await test.db.execute<{ balance: number }>(sql`select balance from unguarded`);
    expect(done).toBeGreaterThan(10);
    expect(rows[0]?.balance).toBeLessThan(0);
  });
});

describe("checkLedger", () => {
  it("sees a balance that was changed by hand and a transfer with one side", async () => {
    const userId = await fan(500);
    await test.db
      .transaction(async (tx) => {
        await tx.update(wallets).set({ balance: 501 }).where(eq(wallets.userId, userId));
        expect(await checkLedger(tx)).toEqual([`wallet of ${userId} holds 501, its entries sum to 500`]);
        await tx.delete(ledgerEntries).where(sql`user_id = ${userId} and account = 'cash'`);
        expect(await checkLedger(tx)).toHaveLength(2);
        tx.rollback();
      })
      .catch(() => {});
    expect(await checkLedger(test.db)).toEqual([]);
  });
});

describe("listEntries", () => {
  it("gives every entry once, newest first, also those of one microsecond", async () => {
    const userId = await fan();
    await test.db.transaction(async (tx) => {
      // One transaction is one time: only the ids tell these apart.
      for (let i = 1; i <= 7; i++) await topUp(tx, { userId, amount: i });
    });
    for (let i = 8; i <= 12; i++) await topUp(test.db, { userId, amount: i });
    const seen: number[] = [];
    let cursor: string | null | undefined;
    do {
      const page = await listEntries(test.db, { userId, limit: 5, ...(cursor ? { cursor } : {}) });
      seen.push(...page.items.map((entry) => entry.amount));
      cursor = page.nextCursor;
    } while (cursor);
    expect(seen).toEqual([12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
    expect((await listEntries(test.db, { userId: newId(), limit: 5 })).items).toEqual([]);
    await expect(listEntries(test.db, { userId, limit: 5, cursor: "x" })).rejects.toMatchObject({
      code: "invalid_request",
    });
  });
});

describe("random money at once", () => {
  it("is neither made nor lost", async () => {
    const amount = fc.integer({ min: 1, max: 5000 });
    const wallet = fc.nat(1);
    const reservation = fc.integer({ min: 0, max: 5 });
    const step = fc.oneof(
      fc.record({ kind: fc.constant("top_up" as const), wallet, amount }),
      fc.record({ kind: fc.constant("payment" as const), wallet, reservation }),
      fc.record({ kind: fc.constant("refund" as const), wallet, reservation }),
      fc.record({ kind: fc.constant("adjustment" as const), wallet, amount: fc.integer({ min: -5000, max: 5000 }) }),
      fc.record({ kind: fc.constant("take_back" as const), wallet, amount: fc.integer({ min: -3000, max: 3000 }) }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(step, { minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 6 }),
        async (waves) => {
          const fans = [await fan(), await fan()];
          const dues = fans.map((userId) => Array.from({ length: 6 }, (_, i) => transfer(userId, 500 * (i + 1))));
          // The model: what each fan gained and lost by the calls that were answered with success, debts included.
          const worth = [0, 0];
          const paid = new Set<string>();
          const refunded = new Set<string>();
          const carryOut = async (act: typeof step extends fc.Arbitrary<infer Act> ? Act : never): Promise<number> => {
            const userId = fans[act.wallet]!;
            if (act.kind === "top_up") {
              await topUp(test.db, { userId, amount: act.amount });
              return act.amount;
            }
            if (act.kind === "adjustment") {
              if (act.amount === 0) return 0;
              await adjustWallet(test.db, { userId, amount: act.amount, reason: "a correction", madeBy: fans[0]! });
              return act.amount;
            }
            if (act.kind === "take_back") {
              await test.db.transaction(async (tx) => {
                await openWallet(tx, userId);
                await takeBackTopUp(tx, { userId, topUpId: newId(), amount: act.amount });
              });
              return -act.amount;
            }
            const due = dues[act.wallet]![act.reservation]!;
            // Payments only refund what was paid; the wallet itself leaves that to them.
            if (act.kind === "refund" && !paid.has(due.reservationId)) return 0;
            await test.db.transaction((tx) => (act.kind === "payment" ? payFromWallet : refundToWallet)(tx, due));
            const done = act.kind === "payment" ? paid : refunded;
            expect(done.has(due.reservationId)).toBe(false);
            done.add(due.reservationId);
            return act.kind === "payment" ? -due.amount : due.amount;
          };
          for (const wave of waves) {
            await Promise.all(
              wave.map(async (act) => {
                try {
                  const gained = await carryOut(act);
                  worth[act.wallet]! += gained;
                } catch (error) {
                  expect((error as { code: string }).code).toMatch(
                    /^(insufficient_balance|reservation_already_paid|not_cancellable)$/,
                  );
                }
              }),
            );
            for (const w of [0, 1]) {
              const { balance } = await getWallet(test.db, fans[w]!);
              const owed = await readOwedAmount(test.db, fans[w]!);
              expect(balance - owed).toBe(worth[w]);
              expect(balance).toBeGreaterThanOrEqual(0);
              expect(owed).toBeGreaterThanOrEqual(0);
            }
          }
          expect(await checkLedger(test.db)).toEqual([]);
        },
      ),
      { numRuns: 40 },
    );
  });
});
