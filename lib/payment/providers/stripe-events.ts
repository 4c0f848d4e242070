import type Stripe from "stripe";
import { isId } from "@/lib/core/ids";
import type { ProviderEvent, ProviderNews } from "./provider";

/** Where a Checkout session stands. */
export function newsOfSession(session: Stripe.Checkout.Session): ProviderNews {
  const { status, payment_status: payment, amount_total: amount, currency, payment_intent: intent } = session;
  if (payment === "paid" && amount !== null && currency) {
    return { state: "arrived", amount, currency: currency.toUpperCase() };
  }
  if (status === "expired") return { state: "expired" };
  // The fan is done and yet nothing is on its way any more: a bank transfer that failed.
  const over =
    typeof intent === "object" && intent !== null && /^(canceled|requires_payment_method)$/.test(intent.status);
  return { state: status === "complete" && over ? "failed" : "open" };
}

type Metadata = Record<string, string> | null | undefined;

/** Which top-up an object is about, as we wrote on it ourselves; null for whatever else the account is used for. */
function topUpOf(metadata: Metadata): { userId: string; topUpId: string } | null {
  const { userId = "", topUpId = "" } = metadata ?? {};
  return isId(userId) && isId(topUpId) ? { userId, topUpId } : null;
}

const idOf = (reference: string | { id: string } | null): string | null =>
  typeof reference === "string" ? reference : (reference?.id ?? null);

/** The words of a dispute that has taken no money yet, or none any more. */
const HARMLESS = /^(warning_.*|prevented|won)$/;

function newsOfDispute({ id: reference, status, amount }: Stripe.Dispute): ProviderNews | null {
  // An inquiry only: the money stays until it becomes a dispute under the same id.
  if (status === "warning_needs_response" || status === "warning_under_review") return null;
  if (HARMLESS.test(status)) return { state: "taken_back", reference, amount: 0, isFinal: true };
  // Also a lost one: an appeal may still win it.
  return { state: "taken_back", reference, amount, isFinal: false };
}

/**
 * What an event says in our words; null if it is none of ours. `readIntent` fetches the metadata of a payment intent,
 * for events whose own object does not carry it.
 */
export async function readStripeEvent(
  event: Stripe.Event,
  readIntent: (id: string) => Promise<Metadata>,
): Promise<ProviderEvent | null> {
  const about = (whose: ReturnType<typeof topUpOf>, news: ProviderNews | null): ProviderEvent | null =>
    whose && news && { id: event.id, type: event.type, ...whose, news };
  const fromIntent = async (intent: string | { id: string } | null) => {
    const id = idOf(intent);
    return id ? topUpOf(await readIntent(id)) : null;
  };
  switch (event.type) {
    case "checkout.session.completed":
    case "checkout.session.async_payment_succeeded":
    case "checkout.session.expired":
      return about(topUpOf(event.data.object.metadata), newsOfSession(event.data.object));
    case "checkout.session.async_payment_failed":
      return about(topUpOf(event.data.object.metadata), { state: "failed" });
    case "charge.refunded": {
      const { metadata, payment_intent: intent, amount_refunded: amount } = event.data.object;
      const news: ProviderNews = { state: "taken_back", reference: "refunds", amount, isFinal: false };
      return about(topUpOf(metadata) ?? (await fromIntent(intent)), news);
    }
    case "charge.dispute.created":
    case "charge.dispute.updated":
    case "charge.dispute.funds_withdrawn":
    case "charge.dispute.funds_reinstated":
    case "charge.dispute.closed": {
      const news = newsOfDispute(event.data.object);
      return news && about(await fromIntent(event.data.object.payment_intent), news);
    }
    default:
      return null;
  }
}
