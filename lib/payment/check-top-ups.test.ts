import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Client, createClient } from "@/db/client";
import { cloneDatabase, type TestDatabase } from "@/db/testing/database";
import { makeUser } from "@/db/testing/factories";
import { checkLedger, getWallet } from "@/lib/wallet/queries";
import { checkTopUps } from "./check-top-ups";
import type { PaymentProvider } from "./providers/provider";
import { stripeProvider } from "./providers/stripe";
import { startTopUp } from "./start-top-up";
import { StripeServer } from "./testing/stripe-server";
import { getTopUp } from "./top-up-queries";

let test: TestDatabase;
let db: Client;
let other: Client;
let provider: PaymentProvider;
const stripe = new StripeServer();
beforeAll(async () => {
  test = await cloneDatabase();
  db = test.db;
  other = createClient(test.url, 5);
  await stripe.start();
  provider = stripeProvider(stripe.env);
});
afterAll(async () => {
  expect(await checkLedger(db)).toEqual([]);
  await other.$client.end();
  await stripe.stop();
  await test.drop();
});

async function underWay() {
  const { id: userId } = await makeUser(db);
  const returnUrl = "http://shop.test/wallet";
  const { id: topUpId } = await startTopUp(db, provider, { userId, amount: 9000, returnUrl, requestKey: null });
  const state = async () => ({
    status: (await getTopUp(db, { userId, topUpId })).status,
    balance: (await getWallet(db, userId)).balance,
  });
  return { userId, topUpId, state };
}

/** As if so many minutes had gone by. */
const age = (topUpId: string, minutes: number) =>
  db.execute(
    sql`update top_ups set created_at = created_at - make_interval(mins => ${minutes}), check_at = check_at - make_interval(mins => ${minutes}) where id = ${topUpId}`,
  );

describe("checkTopUps", () => {
  it("credits what was paid while the webhook got lost, once, whichever process asks", async () => {
    const { topUpId, state } = await underWay();
    stripe.complete(topUpId);
    expect(await checkTopUps(db, provider)).toBe(0);
    await age(topUpId, 2);
    const asked = await Promise.all(Array.from({ length: 6 }, (_, n) => checkTopUps(n % 2 ? db : other, provider)));
    expect(asked.reduce((sum, one) => sum + one)).toBe(1);
    expect(await state()).toEqual({ status: "credited", balance: 9000 });
    await age(topUpId, 600);
    expect(await checkTopUps(db, provider)).toBe(0);
  });

  it("asks less and less often while nothing is decided, and closes what is over", async () => {
    const { topUpId, state } = await underWay();
    const looks = () => stripe.asked.filter((path) => path.endsWith(stripe.sessionOf(topUpId).id)).length;
    await age(topUpId, 2);
    for (const minutes of [0, 1, 2, 3, 4, 5]) {
      await age(topUpId, minutes);
      await checkTopUps(db, provider);
    }
    // At once, after 2 more minutes (of 1 + 2), after 4 (of 3 + 4); then 8 are not over.
    expect(looks()).toBe(3);
    expect((await state()).status).toBe("pending");
    Object.assign(stripe.sessionOf(topUpId), { status: "expired" });
    await age(topUpId, 60);
    await checkTopUps(db, provider);
    expect(await state()).toEqual({ status: "expired", balance: 0 });
  });

  it("knows a transfer that failed, and a top-up that never got a payment page", async () => {
    const failed = await underWay();
    const session = stripe.complete(failed.topUpId, "unpaid");
    Object.assign(stripe.intents.get(session.payment_intent as string) as object, {
      status: "requires_payment_method",
    });
    const lost = await underWay();
    await db.execute(sql`update top_ups set reference = null, url = null where id = ${lost.topUpId}`);
    await age(failed.topUpId, 2);
    await age(lost.topUpId, 2);
    await checkTopUps(db, provider);
    expect([(await failed.state()).status, (await lost.state()).status]).toEqual(["failed", "pending"]);
    await age(lost.topUpId, 180);
    await checkTopUps(db, provider);
    expect((await lost.state()).status).toBe("failed");
  });

  it("leaves everything for later while Stripe is away", async () => {
    const { topUpId, state } = await underWay();
    stripe.complete(topUpId);
    await age(topUpId, 2);
    stripe.failing = { times: 2, how: "hang-up" };
    await expect(checkTopUps(db, provider)).rejects.toMatchObject({ code: "unavailable" });
    expect((await state()).status).toBe("pending");
    await age(topUpId, 10);
    await checkTopUps(db, provider);
    expect(await state()).toEqual({ status: "credited", balance: 9000 });
  });
});
