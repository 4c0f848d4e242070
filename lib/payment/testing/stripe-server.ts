import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import Stripe from "stripe";

type Metadata = Record<string, string>;
type Session = {
  id: string;
  object: "checkout.session";
  url: string | null;
  status: "open" | "complete" | "expired";
  payment_status: "paid" | "unpaid";
  amount_total: number;
  currency: string;
  client_reference_id: string;
  metadata: Metadata;
  payment_intent: string | null;
};
type Intent = { id: string; object: "payment_intent"; status: string; metadata: Metadata };

const KEY = "sk_test_frontrow";
const SECRET = "whsec_frontrow";

/** The part of Stripe's API that the product uses, on a port of its own, with what Stripe does to it meanwhile. */
export class StripeServer {
  readonly sessions = new Map<string, Session>();
  readonly intents = new Map<string, Intent>();
  /** Every request, as method and path. */
  readonly asked: string[] = [];
  /** The next so many requests get no answer, or this status. */
  failing: { times: number; how: "hang-up" | number } = { times: 0, how: 500 };
  readonly #byKey = new Map<string, { params: string; session: Session }>();
  readonly #server = createServer((req, res) => void this.#serve(req, res));
  #count = 0;

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  get env() {
    const { port } = this.#server.address() as AddressInfo;
    return { secretKey: KEY, webhookSecrets: [SECRET], apiBase: `http://127.0.0.1:${port}` };
  }

  /** The session of a top-up. */
  sessionOf(topUpId: string): Session {
    const found = [...this.sessions.values()].find((session) => session.client_reference_id === topUpId);
    if (!found) throw new Error(`No session for ${topUpId}.`);
    return found;
  }

  /** The fan is done on Stripe's page: with a card, or with a transfer that takes a while. */
  complete(topUpId: string, how: "paid" | "unpaid" = "paid"): Session {
    const session = this.sessionOf(topUpId);
    const id = `pi_${session.id}`;
    const status = how === "paid" ? "succeeded" : "processing";
    this.intents.set(id, { id, object: "payment_intent", status, metadata: session.metadata });
    return Object.assign(session, { status: "complete", payment_status: how, payment_intent: id, url: null });
  }

  charge(topUpId: string, refunded: number) {
    const { amount_total: amount, metadata, payment_intent } = this.sessionOf(topUpId);
    return { id: `ch_${topUpId}`, object: "charge", amount, amount_refunded: refunded, metadata, payment_intent };
  }

  dispute(topUpId: string, status: string, amount = this.sessionOf(topUpId).amount_total) {
    const { payment_intent } = this.sessionOf(topUpId);
    return { id: `dp_${topUpId}`, object: "dispute", status, amount, payment_intent, metadata: {} };
  }

  /** An event as Stripe sends it: the body, and its signature. */
  event(type: string, object: object, { id = `evt_${++this.#count}`, secret = SECRET, ageSeconds = 0 } = {}) {
    const event = { id, object: "event", api_version: "2026-10-28.endive", type, data: { object } };
    const payload = JSON.stringify(event, null, 2);
    const timestamp = Math.floor(Date.now() / 1000) - ageSeconds;
    const signature = Stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp });
    return { body: payload, signature };
  }

  async #serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    let body = "";
    for await (const chunk of req) body += chunk;
    const path = (req.url ?? "").split("?")[0] as string;
    this.asked.push(`${req.method} ${path}`);
    const answer = (status: number, value: object) => {
      res.writeHead(status, { "Content-Type": "application/json", "Request-Id": "req_test" });
      res.end(JSON.stringify(value));
    };
    const refuse = (status: number, type: string, message: string) => answer(status, { error: { type, message } });
    if (this.failing.times > 0) {
      this.failing.times -= 1;
      if (this.failing.how === "hang-up") return void req.socket.destroy();
      return refuse(this.failing.how, "api_error", "out of order");
    }
    if (req.headers.authorization !== `Bearer ${KEY}`) return refuse(401, "invalid_request_error", "wrong key");
    const [, , kind, second, third] = path.split("/");
    if (req.method === "POST" && path === "/v1/checkout/sessions") return this.#create(req, body, answer, refuse);
    const found = kind === "payment_intents" ? this.intents.get(second ?? "") : this.sessions.get(third ?? "");
    if (req.method !== "GET" || !found) return refuse(404, "invalid_request_error", "no such thing");
    const intent = "payment_intent" in found && found.payment_intent ? this.intents.get(found.payment_intent) : null;
    const expands = (req.url ?? "").includes("expand");
    answer(200, expands && intent ? { ...found, payment_intent: intent } : found);
  }

  #create(
    req: IncomingMessage,
    body: string,
    answer: (status: number, value: object) => void,
    refuse: (status: number, type: string, message: string) => void,
  ) {
    const key = req.headers["idempotency-key"] as string;
    const known = this.#byKey.get(key);
    if (known && known.params !== body) return refuse(400, "idempotency_error", "other parameters");
    if (known) return answer(200, known.session);
    const params = new URLSearchParams(body);
    const amount = Number(params.get("line_items[0][price_data][unit_amount]"));
    const metadata: Metadata = {
      topUpId: params.get("metadata[topUpId]") as string,
      userId: params.get("metadata[userId]") as string,
    };
    if (params.get("payment_intent_data[metadata][topUpId]") !== metadata.topUpId)
      return refuse(400, "invalid_request_error", "the intent knows nothing");
    const id = `cs_test_${this.sessions.size + 1}`;
    const session: Session = {
      id,
      object: "checkout.session",
      url: `https://checkout.example/${id}?back=${encodeURIComponent(params.get("success_url") ?? "")}`,
      status: "open",
      payment_status: "unpaid",
      amount_total: amount,
      currency: params.get("line_items[0][price_data][currency]") as string,
      client_reference_id: params.get("client_reference_id") as string,
      metadata,
      payment_intent: null,
    };
    this.sessions.set(id, session);
    this.#byKey.set(key, { params: body, session });
    answer(200, session);
  }
}
