import type { Answer } from "../log";
import { between, pick, type Random } from "../random";
import type { FanState, Reservation } from "./state";
import { want } from "./wishes";

export async function topUp(me: FanState, random: Random): Promise<void> {
  const body = { amount: between(random, 1, 150_000) };
  await want(me, random, { what: "top up", method: "PATCH", path: "/wallet", body, needsToken: false });
}

/** Some seats beside each other. Half of the fans want what everybody wants. */
function someSeats(seatIds: string[], count: number, random: Random): string[] {
  const first = random() < 0.5 ? between(random, 0, 7) : between(random, 0, seatIds.length - 1);
  return Array.from({ length: count }, (_, at) => seatIds[(first + at) % seatIds.length] as string);
}

export async function hold(me: FanState, random: Random): Promise<void> {
  const { id: performanceId, seatIds } = pick(random, me.hall.performances);
  const count = between(random, 1, 3);
  const named = someSeats(seatIds, count, random);
  const body = random() < 0.4 ? { performanceId, bestAvailable: { count } } : { performanceId, seatIds: named };
  await want(me, random, { what: "hold", method: "POST", path: me.at("reservations"), body, needsToken: true });
}

export async function pay(me: FanState, random: Random): Promise<void> {
  const { id } = pick(random, me.held);
  const path = me.at(`reservations/${id}/payment`);
  await want(me, random, { what: "pay", method: "POST", path, needsToken: true });
}

export async function extend(me: FanState, random: Random): Promise<void> {
  const { id } = pick(random, me.held);
  const path = me.at(`reservations/${id}/extension`);
  await want(me, random, { what: "extend", method: "POST", path, needsToken: true });
}

/** Other seats in place of some of those that are held. */
export async function change(me: FanState, random: Random): Promise<void> {
  const held = pick(random, me.held);
  const seatIds = me.hall.performances.find(({ id }) => id === held.performanceId)?.seatIds ?? [];
  if (seatIds.length === 0 || held.seatIds.length === 0) return;
  const others = someSeats(seatIds, between(random, 1, 3), random);
  const wanted = [...new Set([held.seatIds[0] as string, ...others])].slice(0, 3);
  const call = { what: "change", method: "PATCH", path: me.at(`reservations/${held.id}`) } as const;
  const answer = await me.call(random, { ...call, body: { seatIds: wanted }, queueToken: me.place?.token });
  me.heed(answer);
  if (answer.outcome === "ok") held.seatIds = wanted;
  noteChange(me, held, answer);
}

/** The last certain choice of seats, for the comparison; none after a call of which nobody knows. */
function noteChange(me: FanState, { id }: Reservation, { outcome, body }: Answer): void {
  const { changed } = me.world.log;
  if (outcome === "unknown") changed.set(id, null);
  if (outcome === "ok" && changed.get(id) !== null) {
    changed.set(id, body.seats.map((seat: { id: string }) => seat.id).sort());
  }
}

/** Gives a whole reservation up, held or paid. */
export async function giveUp(me: FanState, from: Reservation[], random: Random): Promise<void> {
  const { id } = pick(random, from);
  const path = me.at(`reservations/${id}`);
  const { outcome } = await me.call(random, { what: "give up", method: "DELETE", path });
  const { givenUp } = me.world.log;
  // A refusal after a call of which nobody knows may mean that that one did it.
  const known = givenUp.get(id)?.outcome ?? "refused";
  if (known === "refused" || outcome === "ok") givenUp.set(id, { fan: me.index, path, outcome });
  if (outcome !== "unknown") me.forgetReservation(id);
}

/** Gives one ticket of several back. */
export async function refundOne(me: FanState, random: Random): Promise<void> {
  const { id, tickets } = pick(random, me.paid);
  if (tickets.length === 0) return;
  const body = { ticketIds: [pick(random, tickets).id] };
  const path = me.at(`reservations/${id}/refunds`);
  await want(me, random, { what: "refund", method: "POST", path, body, needsToken: false });
}

export async function browse(me: FanState, what: "dates" | "seats", random: Random): Promise<void> {
  const performance = pick(random, me.hall.performances).id;
  const path = me.at(what === "dates" ? "performances" : `performances/${performance}/seats`);
  me.heed(await me.call(random, { what: "read", method: "GET", path, queueToken: me.place?.token }));
}

export async function look(me: FanState, random: Random): Promise<void> {
  const path = pick(random, ["/wallet", "/wallet/entries", "/reservations", "/tickets", "/waitlist", "/me"]);
  await me.call(random, { what: "read", method: "GET", path });
}
