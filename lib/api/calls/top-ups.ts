import { spendAttempt } from "@/lib/auth/rate-limit";
import { readEnv } from "@/lib/core/env";
import { invalidRequest, notFound } from "@/lib/core/errors";
import { WALLET_CURRENCY } from "@/lib/core/money";
import { paymentProvider } from "@/lib/payment/providers/configured";
import { startTopUpSchema } from "@/lib/payment/schema";
import { startTopUp } from "@/lib/payment/start-top-up";
import { takeProviderEvent } from "@/lib/payment/take-provider-event";
import { getTopUp } from "@/lib/payment/top-up-queries";
import { dailyTopUpLimit } from "@/lib/wallet/limits";
import { readToppedUpToday } from "@/lib/wallet/queries";
import { BALANCE_LIMIT, TOP_UP_MAX } from "@/lib/wallet/rules";
import { accountIsGone } from "../account-is-gone";
import { defineCall, defineIdempotentCall } from "../call";
import type { Caller } from "../caller";
import { idOf } from "../input";
import { topUpOptions, topUpState } from "../schemas";

const tag = "Wallet";

/** Nobody sets out that often in earnest, and each time asks the provider for a payment page. */
const STARTS = { limit: 20, windowSeconds: 600 };

/** Where the fan's browser is: what it says itself (checked, with a cookie), else where the site is known to be. */
function siteOf(caller: Caller, header: (name: string) => string | undefined): string {
  const origin = header("origin");
  if (caller.via === "cookie" && origin) return origin;
  const { siteUrl, host, port } = readEnv();
  return siteUrl ? new URL(siteUrl).origin : `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
}

export const topUpCalls = [
  defineCall({
    method: "GET",
    path: "/wallet/top-up-options",
    tag,
    summary: "How a balance can be topped up here",
    access: "fan",
    answers: { 200: { description: "The provider and the limits.", schema: topUpOptions } },
    async handle({ db, caller }) {
      const { name: provider, minAmount: min } = paymentProvider();
      const limits = { balanceLimit: BALANCE_LIMIT, dailyLimit: dailyTopUpLimit() };
      const addedToday = await readToppedUpToday(db, caller.userId);
      return {
        status: 200,
        body: { provider, min, max: TOP_UP_MAX, ...limits, addedToday, currency: WALLET_CURRENCY },
      };
    },
  }),
  defineIdempotentCall({
    method: "POST",
    path: "/wallet/top-ups",
    tag,
    summary: "Set a top-up out with the payment provider",
    description:
      "By card the answer is `pending` and says at which `url` to pay; the browser comes back to `returnTo` with `topUp` in its query. Demonstration money is `credited` at once.",
    access: "fan",
    body: startTopUpSchema,
    answers: { 201: { description: "Under way, or done.", schema: topUpState } },
    problems: ["balance_limit_exceeded", "rate_limited"],
    // Outside of the key's transaction: no connection waits for the provider, and the key finds the same top-up again.
    async before({ db, caller, body, header }) {
      const { userId } = caller;
      const provider = paymentProvider();
      const { amount, returnTo = "/wallet" } = body;
      if (amount < provider.minAmount) {
        throw invalidRequest([{ path: "amount", message: `must be at least ${provider.minAmount}` }]);
      }
      await spendAttempt(db, { key: `top-up:account:${userId}`, ...STARTS });
      const returnUrl = new URL(returnTo, siteOf(caller, header)).href;
      const requestKey = header("idempotency-key") ?? null;
      return await startTopUp(db, provider, { userId, amount, returnUrl, requestKey }).catch(accountIsGone);
    },
    handle: async ({ pass }) => ({ status: 201, body: pass }),
  }),
  defineCall({
    method: "GET",
    path: "/wallet/top-ups/{topUpId}",
    tag,
    summary: "Where a top-up stands",
    access: "fan",
    answers: { 200: { description: "The top-up.", schema: topUpState } },
    async handle({ db, caller, params }) {
      const topUpId = idOf(params.topUpId, "top-up");
      return { status: 200, body: await getTopUp(db, { userId: caller.userId, topUpId }) };
    },
  }),
  defineCall({
    method: "POST",
    path: "/webhooks/stripe",
    tag,
    summary: "Messages of Stripe",
    description: "Signed by Stripe over the very bytes of the body. Each message counts once.",
    access: "public",
    rawBody: true,
    requestHeaders: { "Stripe-Signature": "Time and signature, as Stripe writes them." },
    answers: { 204: { description: "Taken, known, or none of ours." } },
    problems: ["not_found"],
    async handle({ db, bytes, header }) {
      const provider = paymentProvider();
      if (provider.name !== "stripe") throw notFound("webhook");
      const event = await provider.readEvent({ body: bytes, signature: header("stripe-signature") });
      if (event) await takeProviderEvent(db, { event, provider: provider.name });
      return { status: 204 };
    },
  }),
];
