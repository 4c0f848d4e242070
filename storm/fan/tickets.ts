import { pick, type Random } from "../random";
import type { FanState } from "./state";

const LINKS_MOST = 50;

/** At the door, before three scanners at the same moment. */
export async function checkIn(me: FanState, random: Random): Promise<void> {
  const { tickets } = pick(random, me.paid);
  if (tickets.length === 0) return;
  const { id, code } = pick(random, tickets);
  const known = me.world.log.checkIns.get(id) ?? { code, done: 0, unknown: false };
  me.world.log.checkIns.set(id, known);
  const path = "/admin/check-ins";
  const call = { what: "check in", method: "POST", path, body: { code }, bearer: me.world.organizer } as const;
  for (const { outcome } of await Promise.all([1, 2, 3].map(() => me.call(random, call)))) {
    if (outcome === "ok") known.done += 1;
    if (outcome === "unknown") known.unknown = true;
  }
}

/** Offers a ticket by a link, for whoever finds it. */
export async function offerTicket(me: FanState, random: Random): Promise<void> {
  const { tickets } = pick(random, me.paid);
  if (tickets.length === 0) return;
  const { id } = pick(random, tickets);
  const call = { what: "give away", method: "POST", path: `/tickets/${id}/transfer` } as const;
  const { outcome, body } = await me.call(random, call);
  const { links } = me.world;
  if (outcome === "ok" && links.length < LINKS_MOST) links.push({ ticketId: id, token: body.token });
}

/** Claims a ticket that somebody gives away, often together with somebody else. */
export async function claimTicket(me: FanState, random: Random): Promise<void> {
  const { links, log } = me.world;
  if (links.length === 0) return;
  const link = pick(random, links);
  const call = { what: "claim", method: "POST", path: "/tickets/claims", body: { token: link.token } } as const;
  const { outcome } = await me.call(random, call);
  const claim = log.claims.get(link.token) ?? {
    ticketId: link.ticketId,
    fans: new Set<number>(),
    unknown: new Set<number>(),
  };
  log.claims.set(link.token, claim);
  if (outcome === "ok") claim.fans.add(me.index);
  if (outcome === "unknown") claim.unknown.add(me.index);
  // A second fan may still come and hear that it is too late; then the link is forgotten.
  if (outcome === "refused") me.world.links = links.filter((one) => one !== link);
}
