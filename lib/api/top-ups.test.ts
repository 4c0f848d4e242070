import { sql } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { meetingOf } from "@/db/testing/crowd";
import { forget } from "@/lib/core/registry";
import { checkInvariants } from "@/lib/invariants/check-invariants";
import { StripeServer } from "@/lib/payment/testing/stripe-server";
import { checkLedger, getWallet, readOwedAmount } from "@/lib/wallet/queries";
import { BALANCE_LIMIT, TOP_UP_MAX } from "@/lib/wallet/rules";
import { topUp } from "@/lib/wallet/top-up";
import { type Harness, startHarness } from "./testing/harness";

let on: Harness;
const stripe = new StripeServer();
beforeAll(async () => {
  on = await startHarness(30);
  await stripe.start();
});
beforeEach(() => {
  const { secretKey, webhookSecrets, apiBase } = stripe.env;
  vi.stubEnv("STRIPE_SECRET_KEY", secretKey);
  vi.stubEnv("STRIPE_WEBHOOK_SECRET", `whsec_old, ${webhookSecrets[0]}`);
  vi.stubEnv("STRIPE_API_BASE", apiBase);
  forget("payment.provider");
});
afterEach(() => {
  vi.unstubAllEnvs();
  forget("payment.provider");
});
afterAll(async () => {
  expect(await checkLedger(on.db)).toEqual([]);
  expect(
    (await checkInvariants(on.db)).filter(({ name, broken }) => broken > 0 && name !== "address-of-one-account"),
  ).toEqual([]);
  await stripe.stop();
  await on.drop();
});

const start = (token: string, amount: number, more: { key?: string; body?: object } = {}) =>
  on.call("POST", "/api/wallet/top-ups", {
    token,
    ...(more.key ? { key: more.key } : {}),
    body: { amount, ...more.body },
  });

/** A fan with a top-up under way. */
async function underWay(amount = 50_000) {
  const fan = await on.makeCaller();
  const started = await start(fan.token, amount);
  expect(started.json).toMatchObject({ status: "pending", amount, provider: "stripe" });
  const topUpId = started.json.id as string;
  const state = async () => {
    const { status } = (await on.call("GET", `/api/wallet/top-ups/${topUpId}`, fan)).json;
    const { balance } = await getWallet(on.db, fan.userId);
    return { status, balance, owed: await readOwedAmount(on.db, fan.userId) };
  };
  return { ...fan, topUpId, state, url: started.json.url as string };
}

const send = ({ body, signature }: { body: string; signature: string }, headers: Record<string, string> = {}) =>
  on.call("POST", "/api/webhooks/stripe", {
    body,
    headers: { "stripe-signature": signature, "content-type": "application/json; charset=utf-8", ...headers },
  });

const completed = (topUpId: string) => stripe.event("checkout.session.completed", stripe.complete(topUpId));

describe("a top-up by card", () => {
  it("goes to Stripe's page, comes back, and is credited by the webhook", async () => {
    const fan = await on.makeCaller();
    const started = await start(fan.token, 30_000, { body: { returnTo: "/ko/wallet?from=seats" } });
    const { id: topUpId, url } = started.json;
    const back = new URL(new URL(url).searchParams.get("back") as string);
    expect([back.pathname, back.searchParams.get("from"), back.searchParams.get("topUp")]).toEqual([
      "/ko/wallet",
      "seats",
      topUpId,
    ]);
    expect((await getWallet(on.db, fan.userId)).balance).toBe(0);
    expect((await send(completed(topUpId))).status).toBe(204);
    const after = await on.call("GET", `/api/wallet/top-ups/${topUpId}`, fan);
    expect(after.json).toMatchObject({ status: "credited", amount: 30_000, url: null });
    const { items } = (await on.call("GET", "/api/wallet/entries", fan)).json;
    expect(items).toMatchObject([{ kind: "top_up", amount: 30_000, balanceAfter: 30_000 }]);
    const stranger = await on.makeCaller();
    expect((await on.call("GET", `/api/wallet/top-ups/${topUpId}`, stranger)).code).toBe("not_found");
  });

  it("is one payment page for one key, however often and at once it is asked for", async () => {
    const fan = await on.makeCaller();
    const before = stripe.sessions.size;
    const answers = await Promise.all(Array.from({ length: 8 }, () => start(fan.token, 20_000, { key: "once" })));
    const done = answers.filter((answer) => answer.status === 201);
    expect(answers.every((answer) => [201, 409].includes(answer.status))).toBe(true);
    expect(new Set(done.map((answer) => answer.json.url)).size).toBe(1);
    expect(stripe.sessions.size - before).toBe(1);
    expect((await start(fan.token, 21_000, { key: "once" })).code).toBe("idempotency_key_reused");
    const { rows } = await on.db.execute(sql`select 1 from top_ups where user_id = ${fan.userId}`);
    expect(rows).toHaveLength(1);
  });

  it("is carried on under its key after Stripe was away", async () => {
    const fan = await on.makeCaller();
    stripe.failing = { times: 2, how: 500 };
    const away = await start(fan.token, 20_000, { key: "away" });
    expect([away.status, away.code, away.headers.get("retry-after")]).toEqual([503, "unavailable", "5"]);
    stripe.failing = { times: 2, how: "hang-up" };
    expect((await start(fan.token, 20_000, { key: "away" })).code).toBe("unavailable");
    const before = stripe.sessions.size;
    const again = await start(fan.token, 20_000, { key: "away" });
    expect(again.json).toMatchObject({ status: "pending", url: expect.stringContaining("https://checkout.example/") });
    expect(stripe.sessions.size - before).toBe(1);
  });

  it("keeps to the limits, with what is on its way counted in, also when many set out at once", async () => {
    const { userId, token } = await on.makeCaller();
    await on.db.execute(sql`insert into wallets (user_id, balance, currency) values (${userId}, 0, 'KRW')`);
    const answers = await Promise.all(Array.from({ length: 14 }, () => start(token, 10_000_000)));
    expect(answers.filter((answer) => answer.status === 201)).toHaveLength(10);
    expect(answers.filter((answer) => answer.code === "balance_limit_exceeded")).toHaveLength(4);
    expect((await start(token, 1000)).json).toMatchObject({ code: "balance_limit_exceeded", limit: BALANCE_LIMIT });
    // Those who gave up make room again.
    await on.db.execute(sql`update top_ups set status = 'expired', check_at = null where user_id = ${userId}`);
    expect((await start(token, 1000)).status).toBe(201);
  });

  it("takes no amount that a card cannot pay, and no way back to another site", async () => {
    const { token } = await on.makeCaller();
    for (const amount of [0, -1, 999, 0.5, 10_000_001]) {
      expect((await start(token, amount)).code).toBe("invalid_request");
    }
    for (const returnTo of ["//evil.example", "https://evil.example", "/\\evil.example", "wallet", "/ leer", ""]) {
      expect((await start(token, 5000, { body: { returnTo } })).code, returnTo).toBe("invalid_request");
    }
  });

  it("takes the place of the demonstration money", async () => {
    const { token } = await on.makeCaller();
    expect((await on.call("PATCH", "/api/wallet", { token, body: { amount: 1000 } })).code).toBe("forbidden");
    const options = await on.call("GET", "/api/wallet/top-up-options", { token });
    expect(options.json).toMatchObject({ provider: "stripe", min: 1000, max: 10_000_000, addedToday: 0 });
  });
});

describe("Stripe's messages", () => {
  it("are refused unless Stripe signed these very bytes, lately", async () => {
    const { topUpId, state } = await underWay();
    const session = stripe.complete(topUpId);
    const good = stripe.event("checkout.session.completed", session);
    const bad = [
      { ...good, body: good.body.replace("50000", "90000") },
      { ...good, body: JSON.stringify(JSON.parse(good.body)) },
      { ...good, signature: "" },
      { ...good, signature: "t=1,v1=00" },
      stripe.event("checkout.session.completed", session, { secret: "whsec_of_somebody_else" }),
      stripe.event("checkout.session.completed", session, { ageSeconds: 301 }),
    ];
    for (const message of bad) {
      expect(await send(message)).toMatchObject({ status: 400, code: "invalid_request" });
    }
    expect((await on.call("POST", "/api/webhooks/stripe", { body: good.body })).code).toBe("invalid_request");
    expect(await state()).toEqual({ status: "pending", balance: 0, owed: 0 });
    // Whatever else a browser would need: no session, no origin of ours.
    expect((await send(good, { origin: "https://stripe.example" })).status).toBe(204);
    expect((await state()).status).toBe("credited");
  });

  it("count once when twenty of the same arrive at once", async () => {
    const { topUpId, state } = await underWay();
    const message = completed(topUpId);
    const answers = await Promise.all(Array.from({ length: 20 }, () => send(message)));
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([204]));
    expect(await state()).toEqual({ status: "credited", balance: 50_000, owed: 0 });
  });

  it("count once when different messages say the same", async () => {
    const { topUpId, state } = await underWay();
    const session = stripe.complete(topUpId);
    await Promise.all(
      ["checkout.session.completed", "checkout.session.async_payment_succeeded"]
        .flatMap((type) => Array.from({ length: 5 }, () => stripe.event(type, session)))
        .map((message) => send(message)),
    );
    expect(await state()).toEqual({ status: "credited", balance: 50_000, owed: 0 });
  });

  it("would credit twice if a handler looked first and wrote later (negative control)", async () => {
    const { topUpId, userId } = await underWay();
    const meet = meetingOf(2);
    const naive = async () => {
      const { rows } = await on.db.execute(sql`select 1 from top_ups where id = ${topUpId} and status = 'pending'`);
      if (rows.length === 0) return;
      await meet();
      await on.db.execute(sql`update wallets set balance = balance + 50000 where user_id = ${userId}`);
      await on.db.execute(sql`update top_ups set status = 'failed' where id = ${topUpId}`);
    };
    await Promise.all(Array.from({ length: 20 }, naive));
    expect((await getWallet(on.db, userId)).balance).toBeGreaterThan(50_000);
    await on.db.execute(sql`update wallets set balance = 0 where user_id = ${userId}`);
  });

  it("wait for a transfer, and let it fail", async () => {
    const slow = await underWay();
    await send(stripe.event("checkout.session.completed", stripe.complete(slow.topUpId, "unpaid")));
    expect(await slow.state()).toEqual({ status: "pending", balance: 0, owed: 0 });
    const session = { ...stripe.sessionOf(slow.topUpId), payment_status: "paid" };
    await send(stripe.event("checkout.session.async_payment_succeeded", session));
    expect(await slow.state()).toEqual({ status: "credited", balance: 50_000, owed: 0 });

    const failed = await underWay();
    const unpaid = stripe.complete(failed.topUpId, "unpaid");
    await send(stripe.event("checkout.session.async_payment_failed", unpaid));
    await send(stripe.event("checkout.session.completed", unpaid));
    expect(await failed.state()).toEqual({ status: "failed", balance: 0, owed: 0 });
  });

  it("never lose money that arrives after all, however late", async () => {
    const { topUpId, state, userId } = await underWay();
    await send(stripe.event("checkout.session.expired", { ...stripe.sessionOf(topUpId), status: "expired" }));
    expect((await state()).status).toBe("expired");
    for (let filled = 0; filled < BALANCE_LIMIT; filled += TOP_UP_MAX)
      await topUp(on.db, { userId, amount: TOP_UP_MAX });
    await send(completed(topUpId));
    expect(await state()).toEqual({ status: "credited", balance: BALANCE_LIMIT + 50_000, owed: 0 });
    // And what is said afterwards does not undo it.
    await send(
      stripe.event("checkout.session.expired", {
        ...stripe.sessionOf(topUpId),
        payment_status: "unpaid",
        status: "expired",
      }),
    );
    expect((await state()).status).toBe("credited");
  });

  it("credit a top-up that the database has forgotten", async () => {
    const { topUpId, state, userId } = await underWay();
    await on.db.execute(sql`delete from top_ups where id = ${topUpId}`);
    expect((await send(completed(topUpId))).status).toBe(204);
    expect(await state()).toEqual({ status: "credited", balance: 50_000, owed: 0 });
    expect(userId).not.toBe("");
  });

  it("leave alone what is none of ours", async () => {
    const { topUpId, state } = await underWay();
    const session = stripe.complete(topUpId);
    const others = [
      stripe.event("customer.created", { id: "cus_1", object: "customer" }),
      stripe.event("checkout.session.completed", { ...session, metadata: {} }),
      stripe.event("checkout.session.completed", { ...session, metadata: { userId: "x", topUpId } }),
      stripe.event("charge.refunded", { ...stripe.charge(topUpId, 1), metadata: {}, payment_intent: null }),
    ];
    for (const message of others) expect((await send(message)).status).toBe(204);
    // Another installation on the same account.
    const foreign = { ...session, metadata: { userId: topUpId, topUpId } };
    expect((await send(stripe.event("checkout.session.completed", foreign))).status).toBe(204);
    expect(await state()).toEqual({ status: "pending", balance: 0, owed: 0 });
  });

  it("are not there without Stripe", async () => {
    const message = completed((await underWay()).topUpId);
    vi.stubEnv("TOP_UPS", "demo");
    forget("payment.provider");
    expect((await send(message)).code).toBe("not_found");
  });
});

describe("what Stripe takes back", () => {
  const refunded = (topUpId: string, amount: number) => stripe.event("charge.refunded", stripe.charge(topUpId, amount));
  const dispute = (topUpId: string, type: string, status: string) =>
    stripe.event(`charge.dispute.${type}`, stripe.dispute(topUpId, status));

  it("comes to the same in every order of the messages", async () => {
    const orders = [
      [0, 1, 2, 3],
      [3, 2, 1, 0],
      [1, 0, 3, 2],
      [2, 3, 0, 1],
    ];
    for (const order of orders) {
      const { topUpId, state } = await underWay();
      const messages = [completed(topUpId), refunded(topUpId, 10_000), refunded(topUpId, 30_000)];
      messages.push(messages[1] as (typeof messages)[number]);
      for (const at of order) expect((await send(messages[at] as (typeof messages)[number])).status).toBe(204);
      expect(await state()).toEqual({ status: "credited", balance: 20_000, owed: 0 });
    }
  });

  it("is owed where it was spent, and given again when the dispute is won", async () => {
    const { topUpId, state, userId } = await underWay();
    await send(completed(topUpId));
    const { token } = await on.makeCaller("organizer");
    const body = { amount: -40_000, reason: "as if it were spent" };
    await on.call("POST", `/api/admin/wallets/${userId}/adjustments`, { token, body });
    await send(dispute(topUpId, "created", "warning_needs_response"));
    expect(await state()).toEqual({ status: "credited", balance: 10_000, owed: 0 });
    await send(dispute(topUpId, "created", "needs_response"));
    expect(await state()).toEqual({ status: "credited", balance: 0, owed: 40_000 });
    await send(dispute(topUpId, "closed", "won"));
    expect(await state()).toEqual({ status: "credited", balance: 10_000, owed: 0 });
    await send(dispute(topUpId, "funds_withdrawn", "needs_response"));
    expect(await state()).toEqual({ status: "credited", balance: 10_000, owed: 0 });
  });

  it("waits for the money when the dispute is heard of first, and is never more than came", async () => {
    const { topUpId, state } = await underWay();
    const first = completed(topUpId);
    expect((await send(dispute(topUpId, "created", "needs_response"))).status).toBe(204);
    expect(await state()).toEqual({ status: "pending", balance: 0, owed: 0 });
    await send(first);
    expect(await state()).toEqual({ status: "credited", balance: 0, owed: 0 });
    await send(refunded(topUpId, 50_000));
    expect(await state()).toEqual({ status: "credited", balance: 0, owed: 0 });
  });

  it("counts once when everything arrives at once, again and again", async () => {
    const { topUpId, state } = await underWay();
    const messages = [completed(topUpId), refunded(topUpId, 20_000), dispute(topUpId, "created", "needs_response")];
    messages.push(dispute(topUpId, "closed", "won"));
    await Promise.all([...messages, ...messages, ...messages].map((message) => send(message)));
    expect(await state()).toEqual({ status: "credited", balance: 30_000, owed: 0 });
  });
});

describe("demonstration money", () => {
  it("is credited at once by the same call", async () => {
    vi.unstubAllEnvs();
    forget("payment.provider");
    const { token, userId } = await on.makeCaller();
    const asked = await Promise.all(Array.from({ length: 5 }, () => start(token, 700, { key: "demo" })));
    expect(asked.some((answer) => answer.json.status === "credited")).toBe(true);
    expect((await getWallet(on.db, userId)).balance).toBe(700);
    expect((await on.call("GET", "/api/wallet/top-up-options", { token })).json).toMatchObject({
      provider: "demo",
      min: 1,
      addedToday: 700,
    });
  });
});
