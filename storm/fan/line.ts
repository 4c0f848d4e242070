import { readQueueToken } from "@/lib/queue/token";
import type { Answer } from "../log";
import type { Random } from "../random";
import type { FanState, Place } from "./state";

const askFrom = ({ pollAfterMs }: { pollAfterMs?: number }): number => performance.now() + (pollAfterMs ?? 0);

const enter = (me: FanState, { body }: Answer): void => {
  const { token, number, position, status } = body;
  const entryId = readQueueToken(token)?.entryId as string;
  me.place = { token, entryId, position, askFrom: askFrom(body) };
  me.isIn = status === "admitted";
  const known = me.world.log.places.get(entryId);
  me.world.log.places.set(entryId, { fan: me.index, number, left: known?.left ?? false });
};

/** Joins the line; now and then past it, by an invitation. */
export async function join(me: FanState, random: Random): Promise<void> {
  const code = me.world.invitations.get(me.hall.id);
  const passes = code !== undefined && random() < 0.05;
  const call = passes
    ? ({ what: "join", method: "POST", path: me.at("queue/invitations"), body: { code } } as const)
    : ({ what: "join", method: "POST", path: me.at("queue") } as const);
  const answer = await me.call(random, call);
  if (answer.outcome === "ok") enter(me, answer);
}

/** Asks for the place in line. Every other fan asks no sooner than the server wants to be asked. */
export async function poll(me: FanState, random: Random): Promise<void> {
  const place = me.place as Place;
  const isPaced = performance.now() >= place.askFrom;
  if (!isPaced && me.index % 2 === 0) return;
  const call = { what: "poll", method: "GET", path: me.at("queue"), queueToken: place.token } as const;
  const { outcome, body } = await me.call(random, call);
  if (outcome === "refused") me.forgetPlace();
  if (outcome !== "ok") return;
  heedPosition(me, place, body.position, isPaced);
  place.askFrom = askFrom(body);
  me.isIn = body.status === "admitted";
  if (!["lobby", "waiting", "admitted"].includes(body.status)) me.forgetPlace();
}

/**
 * A position never goes up, whichever process answers, for whoever waits between two questions as long as told: no
 * answer tells of an older moment than a second ago.
 */
export function heedPosition(me: FanState, place: Place, position: number | null, isPaced: boolean): void {
  const { log } = me.world;
  const before = place.position;
  place.position = position;
  if (before === null || position === null) return;
  if (isPaced) log.paced += 1;
  if (position <= before) return;
  if (isPaced) log.accuse(`fan ${me.index} waited as told, and its position rose from ${before} to ${position}`);
  else log.risen += 1;
}

export async function leave(me: FanState, random: Random): Promise<void> {
  const { token, entryId } = me.place as Place;
  const call = { what: "leave", method: "DELETE", path: me.at("queue"), queueToken: token } as const;
  const { outcome } = await me.call(random, call);
  if (outcome !== "ok") return;
  const known = me.world.log.places.get(entryId);
  if (known) known.left = true;
  me.forgetPlace();
}

/** Lets the next five go first. */
export async function defer(me: FanState, random: Random): Promise<void> {
  const place = me.place as Place;
  const call = { what: "defer", method: "POST", path: me.at("queue/deferral"), queueToken: place.token } as const;
  const { outcome, body } = await me.call(random, call);
  // It may have gone back of its own will.
  if (outcome === "unknown") place.position = null;
  if (outcome !== "ok") return;
  place.position = body.position;
  place.askFrom = askFrom(body);
  me.isIn = body.status === "admitted";
}

/** Has the token replaced, as one that somebody else got hold of. */
export async function replaceToken(me: FanState, random: Random): Promise<void> {
  const answer = await me.call(random, { what: "replace token", method: "POST", path: me.at("queue/token") });
  if (answer.outcome === "ok") enter(me, answer);
}
