import type StripeClient from "stripe";
import type { StripeEnv } from "@/lib/core/env";
import { AppError, invalidRequest, unavailable } from "@/lib/core/errors";
import type { PaymentProvider, TopUpOrder } from "./provider";
import { newsOfSession, readStripeEvent } from "./stripe-events";

/** With one retry still inside the ten seconds that an answer may take. */
const TIMEOUT_MS = 4000;

/** How old a signed message may be, in seconds: Stripe's own rule. */
const TOLERANCE_S = 300;

/** How long the fan has to pay. Stripe wants half an hour at least, also when the order reaches it late. */
const OPEN_SECONDS = 60 * 60;

/** Stripe takes nothing below about half a dollar. */
const MIN_AMOUNT = 1000;

/** Stripe's Checkout: the fan pays on Stripe's page, and Stripe says so by webhook. */
export function stripeProvider(env: StripeEnv): PaymentProvider {
  let loaded: Promise<StripeClient> | undefined;
  const client = () => {
    loaded ??= connect(env);
    return loaded;
  };
  return {
    name: "stripe",
    minAmount: MIN_AMOUNT,
    async start(order) {
      const session = await reached(async () =>
        (await client()).checkout.sessions.create(sessionOf(order), { idempotencyKey: `frontrow-top-up-${order.id}` }),
      );
      return { reference: session.id, url: session.url, news: newsOfSession(session) };
    },
    async look(reference) {
      const session = await reached(async () =>
        (await client()).checkout.sessions.retrieve(reference, { expand: ["payment_intent"] }),
      );
      return newsOfSession(session);
    },
    async readEvent({ body, signature }) {
      const stripe = await client();
      const event = verified(stripe, env.webhookSecrets, body, signature);
      return await readStripeEvent(event, async (paymentIntent) => {
        const { metadata } = await reached(() => stripe.paymentIntents.retrieve(paymentIntent));
        return metadata;
      });
    },
  };
}

/** Loaded with the first use: an installation without Stripe does not carry it in memory. */
async function connect({ secretKey, apiBase }: StripeEnv): Promise<StripeClient> {
  const { default: Stripe } = await import("stripe");
  const base = apiBase ? new URL(apiBase) : null;
  return new Stripe(secretKey, {
    timeout: TIMEOUT_MS,
    maxNetworkRetries: 1,
    telemetry: false,
    ...(base && {
      host: base.hostname,
      protocol: base.protocol === "http:" ? "http" : "https",
      ...(base.port && { port: base.port }),
    }),
  });
}

function sessionOf(order: TopUpOrder): StripeClient.Checkout.SessionCreateParams {
  const { id: topUpId, userId, amount, currency, createdAt, returnUrl } = order;
  // The intent's goes on to the charge, and so to everything that is said of it later.
  const metadata = { topUpId, userId };
  return {
    mode: "payment",
    client_reference_id: topUpId,
    metadata,
    payment_intent_data: { metadata },
    // KRW has no minor unit, for Stripe as for us.
    line_items: [
      {
        quantity: 1,
        price_data: {
          currency: currency.toLowerCase(),
          unit_amount: amount,
          product_data: { name: "Frontrow wallet" },
        },
      },
    ],
    // By the order's own time: under one idempotency key, every try has to say the same.
    expires_at: Math.floor(createdAt.getTime() / 1000) + OPEN_SECONDS,
    success_url: returnUrl,
    cancel_url: returnUrl,
  };
}

function verified(
  stripe: StripeClient,
  secrets: string[],
  body: Uint8Array,
  signature: string | undefined,
): StripeClient.Event {
  for (const secret of signature ? secrets : []) {
    try {
      return stripe.webhooks.constructEvent(Buffer.from(body), signature as string, secret, TOLERANCE_S);
    } catch {
      // Signed with another secret, perhaps.
    }
  }
  throw invalidRequest([{ path: "Stripe-Signature", message: "does not fit the message" }]);
}

/** Stripe's errors in our words. */
async function reached<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof AppError) throw error;
    const { type, code, statusCode } = error as { type?: string; code?: string; statusCode?: number };
    if (code === "amount_too_small" || code === "amount_too_large") {
      throw invalidRequest([{ path: "amount", message: "is not an amount that can be paid by card" }]);
    }
    if (type === "StripeIdempotencyError" && statusCode === 400) {
      throw new AppError("idempotency_key_reused", "This Idempotency-Key was used for a different request.");
    }
    const passes = type === "StripeConnectionError" || type === "StripeRateLimitError" || (statusCode ?? 0) >= 500;
    throw passes || statusCode === 409 ? unavailable("The payment provider cannot be reached for a moment.", 5) : error;
  }
}
