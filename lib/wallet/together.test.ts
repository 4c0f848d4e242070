import { sql } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Client, createClient, type Tx } from "@/db/client";
import { sqlState } from "@/db/errors";
import { crowd, untilBlocked } from "@/db/testing/crowd";
import { cloneDatabase, type TestDatabase } from "@/db/testing/database";
import { makeUser } from "@/db/testing/factories";
import { newId } from "@/lib/core/ids";
import { clientWithout } from "@/lib/invariants/testing/without-guard";
import { balancesOf, payFromWallets } from "./pay-together";
import { checkLedger, getWallet, listEntries } from "./queries";
import { BALANCE_LIMIT } from "./rules";
import { type Added, topUp } from "./top-up";
import { topUpTogether } from "./top-up-together";

let test: TestDatabase;
let db: Client;
let other: Client;
beforeAll(async () => {
  test = await cloneDatabase(30);
  db = test.db;
  other = createClient(test.url, 30);
});
afterEach(async () => {
  expect(await checkLedger(db)).toEqual([]);
});
afterAll(async () => {
  await other.$client.end();
  await test.drop();
});

type Wanted = { userId: string; amount: number };

/** One group, in a transaction of its own. */
const addAll = (client: Client, wanted: Wanted[], dailyLimit?: number) =>
  client.transaction((tx) => topUpTogether(tx as Tx, wanted, dailyLimit));

const makeFans = (count: number, balance = 0) => crowd(count, async () => (await makeUser(db, { balance })).id);
const balanceOf = async (userId: string) => (await getWallet(db, userId)).balance;
const removeWallet = (userId: string) => db.execute(sql`delete from wallets where user_id = ${userId}`);

/** As if the fan had added this much today. */
const addedToday = (userId: string, amount: number) =>
  db.execute(sql`
    update wallets set top_up_day = (now() at time zone 'Asia/Seoul')::date, top_up_day_amount = ${amount} where user_id = ${userId}`);

const due = (userId: string, amount: number) => {
  // Later than any top-up, so that the order is certain.
  const at = new Date(Date.now() + 1000);
  return { userId, amount, currency: "KRW", concertId: newId(), reservationId: newId(), at };
};
const payAll = (client: Client, transfers: ReturnType<typeof due>[]) =>
  client.transaction((tx) => payFromWallets(tx as Tx, transfers));

describe("topUpTogether", () => {
  it("adds to each what topUp would, in order, and opens wallets with the first money", async () => {
    const [a, b, alone] = (await makeFans(3, 100)) as [string, string, string];
    const fresh = (await makeFans(1))[0] as string;
    await removeWallet(fresh);
    const added = await addAll(db, [
      { userId: b, amount: 7 },
      { userId: fresh, amount: 30_000 },
      { userId: a, amount: 5 },
    ]);
    const single = await topUp(db, { userId: alone, amount: 5 });
    expect(added.map((one) => one?.balance)).toEqual([107, 30_000, 105]);
    for (const [at, userId] of [b, fresh, a].entries()) {
      const one = added[at];
      expect(Object.keys(one ?? {})).toEqual(Object.keys(single));
      expect(one?.entry).toEqual({ ...single.entry, ...one?.entry });
      expect(await getWallet(other, userId)).toEqual({ balance: one?.balance, currency: "KRW" });
      expect((await listEntries(db, { userId, limit: 1 })).items).toEqual([one?.entry]);
    }
    const { rows } = await db.execute(sql`
      select distinct top_up_day = (now() at time zone 'Asia/Seoul')::date as today from wallets where user_id in (${a}, ${b}, ${fresh})`);
    expect(rows).toEqual([{ today: true }]);
  });

  it("leaves out whom the cap stops, with nothing moved, and nobody else", async () => {
    const [full, room] = (await makeFans(2, BALANCE_LIMIT - 10)) as [string, string];
    const added = await addAll(db, [
      { userId: full, amount: 11 },
      { userId: room, amount: 10 },
    ]);
    expect(added.map((one) => one?.balance ?? null)).toEqual([null, BALANCE_LIMIT]);
    expect(await balanceOf(full)).toBe(BALANCE_LIMIT - 10);
    await expect(topUp(db, { userId: full, amount: 11 })).rejects.toMatchObject({
      code: "balance_limit_exceeded",
      extra: { balance: BALANCE_LIMIT - 10 },
    });
  });

  it("leaves out whom the day's limit stops, and counts anew the day after", async () => {
    const [today, yesterday, first, over] = (await makeFans(4)) as [string, string, string, string];
    await addedToday(today, 90);
    await addedToday(yesterday, 90);
    await db.execute(sql`update wallets set top_up_day = top_up_day - 1 where user_id = ${yesterday}`);
    await removeWallet(over);
    const group = [today, yesterday, first].map((userId) => ({ userId, amount: 11 }));
    const added = await addAll(db, [...group, { userId: over, amount: 101 }], 100);
    expect(added.map((one) => one?.balance ?? null)).toEqual([null, 11, 11, null]);
    expect((await addAll(db, [{ userId: today, amount: 10 }], 100))[0]?.balance).toBe(10);
    expect((await addAll(db, [{ userId: yesterday, amount: 90 }], 100))[0]).toBeNull();
    expect(await balanceOf(over)).toBe(0);
  });

  it("moves nothing for anybody if an account is gone or a fan is named twice", async () => {
    const [a, b] = (await makeFans(2)) as [string, string];
    const stateOf = (wanted: Wanted[]) => addAll(db, wanted).then(() => "added", sqlState);
    expect(
      await stateOf([
        { userId: a, amount: 5 },
        { userId: newId(), amount: 5 },
      ]),
    ).toBe("23503");
    expect(
      await stateOf([
        { userId: a, amount: 5 },
        { userId: b, amount: 5 },
        { userId: a, amount: 5 },
      ]),
    ).toBe("21000");
    expect([await balanceOf(a), await balanceOf(b)]).toEqual([0, 0]);
  });

  it("looks at the limits again after it had to wait for a wallet", async () => {
    const [a, b] = (await makeFans(2, BALANCE_LIMIT - 10)) as [string, string];
    let waiting: ReturnType<typeof addAll> | undefined;
    await other.transaction(async (tx) => {
      await topUp(tx as Tx, { userId: a, amount: 8 });
      waiting = addAll(db, [
        { userId: b, amount: 4 },
        { userId: a, amount: 4 },
      ]);
      await untilBlocked(test.db, 1);
    });
    expect((await waiting)?.map((one) => one?.balance ?? null)).toEqual([BALANCE_LIMIT - 6, null]);
    expect(await balanceOf(a)).toBe(BALANCE_LIMIT - 2);
  });
});

describe("wallets", () => {
  it.each<[string, (userIds: string[]) => Promise<unknown>]>([
    [
      "a top-up",
      (userIds) =>
        addAll(
          db,
          userIds.map((userId) => ({ userId, amount: 1 })),
        ),
    ],
    [
      "a payment",
      (userIds) =>
        payAll(
          db,
          userIds.map((userId) => due(userId, 1)),
        ),
    ],
  ])("are locked in the order of their ids by %s, however the fans came and the wallets lie", async (_, group) => {
    const ids = (await makeFans(6)).sort();
    // As they lie on the disk, the last comes first.
    for (const userId of ids) await removeWallet(userId);
    for (const userId of [...ids].reverse()) await topUp(db, { userId, amount: 100 });
    const lock = (id: string | undefined, how: string) =>
      sql.raw(`select 1 from wallets where user_id = '${id}' for update ${how}`);
    let waiting: Promise<unknown> | undefined;
    await other.transaction(async (tx) => {
      await tx.execute(lock(ids[0], ""));
      waiting = group([...ids].reverse());
      await untilBlocked(test.db, 1);
      for (const id of ids.slice(1)) expect((await db.execute(lock(id, "skip locked"))).rows).toHaveLength(1);
    });
    await waiting;
  });
});

describe("many groups of two processes at once", () => {
  /** Forty groups of the same five fans, and forty single top-ups. */
  async function race(clients: [Client, Client], fans: string[], amount: number, dailyLimit?: number) {
    const given = await Promise.allSettled([
      ...Array.from({ length: 40 }, (_, at) =>
        addAll(
          clients[at % 2] as Client,
          fans.map((userId) => ({ userId, amount })),
          dailyLimit,
        ),
      ),
      ...Array.from({ length: 40 }, (_, at) =>
        topUp(clients[at % 2] as Client, {
          userId: fans[at % fans.length] as string,
          amount,
          ...(dailyLimit === undefined ? {} : { dailyLimit }),
        }).then((one) => [one]),
      ),
    ]);
    return given
      .flatMap((one) => (one.status === "fulfilled" ? one.value : []))
      .filter((added): added is Added => added !== null);
  }

  it("lose no won and invent none", async () => {
    const fans = await makeFans(5);
    for (const userId of fans) await removeWallet(userId);
    const added = await race([db, other], fans, 7);
    expect(added).toHaveLength(40 * 5 + 40);
    for (const userId of fans) expect(await balanceOf(userId)).toBe(48 * 7);
    // Each step of a wallet is told to one caller.
    expect(new Set(added.map(({ entry }) => entry.id)).size).toBe(added.length);
  });

  it("keep the cap and the day's limit", async () => {
    const [full, busy] = (await makeFans(2, BALANCE_LIMIT - 1000)) as [string, string];
    await race([db, other], [full], 300);
    expect(await balanceOf(full)).toBe(BALANCE_LIMIT - 100);
    await db.execute(sql`update wallets set balance = 0 where user_id = ${busy}`);
    await db.execute(sql`delete from ledger_entries where user_id = ${busy}`);
    await race([db, other], [busy], 300, 1000);
    expect(await balanceOf(busy)).toBe(900);
  });

  it.each([
    ["the cap", "wallets.balance + excluded.balance <= $7", BALANCE_LIMIT - 1000, undefined, BALANCE_LIMIT],
    [
      "the day's limit",
      `and excluded.top_up_day_amount
         + case when wallets.top_up_day = excluded.top_up_day then wallets.top_up_day_amount else 0 end <= $8`,
      0,
      1000,
      1000,
    ],
  ])("would break %s without its guard (negative control)", async (_, guard, balance, dailyLimit, limit) => {
    const fans = await makeFans(1, balance);
    const unguarded = clientWithout(test.url, 30, {
      statement: "wallet_top_up_together",
      guard,
      // The parameter stays, so that its type is known.
      instead: guard.startsWith("and") ? "and $8::int8 is not null" : "$7::int8 is not null",
    });
    await race([unguarded.db, unguarded.db], fans, 300, dailyLimit);
    expect(await balanceOf(fans[0] as string)).toBeGreaterThan(limit);
    await unguarded.end();
  });
});

describe("payFromWallets", () => {
  it("takes each price and writes both sides", async () => {
    const [a, b] = (await makeFans(2, 1000)) as [string, string];
    const [first, second] = [due(a, 400), due(b, 1000)];
    expect(await payAll(db, [first, second])).toEqual(
      new Map([
        [a, 600],
        [b, 0],
      ]),
    );
    const { items } = await listEntries(db, { userId: b, limit: 10 });
    expect(items[0]).toMatchObject({
      kind: "payment",
      amount: -1000,
      balanceAfter: 0,
      reservationId: second.reservationId,
    });
    expect(await balancesOf(db as unknown as Tx, [a, b, newId()])).toEqual(
      new Map([
        [a, 600],
        [b, 0],
      ]),
    );
    expect(await payAll(db, [])).toEqual(new Map());
  });

  it("takes nothing from anybody if one cannot pay, was asked twice, or has another currency", async () => {
    const [a, b] = (await makeFans(2, 1000)) as [string, string];
    const paid = due(a, 100);
    await payAll(db, [paid]);
    for (const spoilt of [due(a, 901), due(newId(), 1), { ...due(a, 1), currency: "USD" }, paid, due(b, 1)]) {
      await expect(payAll(db, [due(b, 10), spoilt])).rejects.toThrow();
    }
    expect([await balanceOf(a), await balanceOf(b)]).toEqual([900, 1000]);
  });

  it("never takes more than there is, beside top-ups, in groups of two processes", async () => {
    const fans = await makeFans(4, 1000);
    const group = () => fans.map((userId) => due(userId, 300));
    const settled = await Promise.allSettled(
      Array.from({ length: 30 }, async (_, at) => {
        const client = at % 2 ? db : other;
        if (at % 3 === 0)
          return (
            (
              await addAll(
                client,
                fans.map((userId) => ({ userId, amount: 100 })),
              )
            ).length * 100
          );
        return (await payAll(client, group())).size * -300;
      }),
    );
    const moved = settled.reduce((sum, one) => sum + (one.status === "fulfilled" ? one.value : 0), 0);
    const left = await Promise.all(fans.map(balanceOf));
    expect(left.reduce((sum, one) => sum + one, 0)).toBe(4000 + moved);
    expect(Math.min(...left)).toBeGreaterThanOrEqual(0);
  });
});
