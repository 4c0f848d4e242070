import type { Answer, Intent } from "../log";
import type { Random } from "../random";
import type { FanState } from "./state";

/** A call that is still unanswered is asked again this often before it is left for the end. */
const ASKS = 3;

export type Wish = Pick<Intent, "what" | "method" | "path" | "body"> & { needsToken: boolean };

/** Asks for something once, under a fresh key: at times from two hands at once. */
export async function want(me: FanState, random: Random, { needsToken, ...wish }: Wish): Promise<void> {
  const key = `${me.world.seed}-${me.index}-${me.step}-${wish.what.replaceAll(" ", "-")}`;
  const token = needsToken ? me.place?.token : undefined;
  const intent: Intent = {
    key,
    fan: me.index,
    ...wish,
    ...(token ? { queueToken: token } : {}),
    final: null,
    wasUnknown: false,
  };
  me.world.log.intents.set(key, intent);
  const hands = random() < 0.08 ? 2 : 1;
  await Promise.all(Array.from({ length: hands }, () => ask(me, intent, random)));
  if (!intent.final) me.open.push({ intent, asks: 0 });
  else if (intent.final.outcome === "ok" && random() < 0.06) await tease(me, intent, random);
}

async function ask(me: FanState, intent: Intent, random: Random): Promise<Answer> {
  const before = intent.final;
  const { what, method, path, body, queueToken, key } = intent;
  const answer = await me.call(random, { what, method, path, body, queueToken, key });
  me.world.log.settle(intent, answer);
  if (queueToken === me.place?.token) me.heed(answer);
  if (!before && intent.final) learn(me, intent, intent.final);
  return answer;
}

/** Asks again for the oldest thing of which nothing certain was heard. */
export async function askAgain(me: FanState, random: Random): Promise<void> {
  const [open] = me.open;
  if (!open) return;
  open.asks += 1;
  const { outcome } = await ask(me, open.intent, random);
  // Once the turn is over, only the end of the storm can tell what came of it.
  if (open.intent.final || outcome === "refused" || open.asks >= ASKS) me.open = me.open.filter((one) => one !== open);
}

/** What was done stays done: the same again is answered with the same bytes, something else under the key not at all. */
async function tease(me: FanState, intent: Intent, random: Random): Promise<void> {
  await ask(me, intent, random);
  if (intent.what !== "top up") return;
  const body = { amount: (intent.body as { amount: number }).amount + 1 };
  const { path, method, what, key } = intent;
  const { outcome, code } = await me.call(random, { what, method, path, key, body });
  if (outcome === "ok" || (outcome === "refused" && code !== "idempotency_key_reused")) {
    me.world.log.accuse(`key ${key} was taken for another request: ${code ?? "done"}`);
  }
}

function learn(me: FanState, { what, path }: Intent, { outcome, code, body }: Answer): void {
  if (outcome === "refused") {
    if (what === "pay" && code !== "insufficient_balance") me.held = me.held.filter(({ id }) => !path.includes(id));
    return;
  }
  if (what === "hold") {
    const seatIds = body.seats.map(({ id }: { id: string }) => id);
    me.held.push({ id: body.id, performanceId: body.performanceId, seatIds, tickets: [] });
  }
  if (what === "pay") {
    const held = me.held.find(({ id }) => id === body.reservationId);
    me.forgetReservation(body.reservationId);
    me.paid.push({
      id: body.reservationId,
      performanceId: held?.performanceId ?? "",
      seatIds: [],
      tickets: body.tickets,
    });
  }
  if (what === "refund") {
    const paid = me.paid.find(({ id }) => id === body.reservationId);
    if (paid) paid.tickets = paid.tickets.filter(({ id }) => !body.ticketIds.includes(id));
    if (paid?.tickets.length === 0) me.forgetReservation(paid.id);
  }
}
