import { readQueueToken } from "@/lib/queue/token";
import type { Answer } from "../log";
import type { Random } from "../random";
import type { FanState, Place } from "./state";

const enter = (me: FanState, { body }: Answer): void => {
  const { token, number, status } = body;
  const entryId = readQueueToken(token)?.entryId as string;
  me.place = { token, entryId, position: null, heardAt: 0, askFrom: 0 };
  hear(me.place, body);
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
  heedPosition(me, place, body, isPaced);
  me.isIn = body.status === "admitted";
  if (!["lobby", "waiting", "admitted"].includes(body.status)) me.forgetPlace();
}

/**
 * A position never goes up, whichever process answers, for whoever waits between two questions as long as told: no
 * answer tells of an older moment than a second ago.
 */
function heedPosition(me: FanState, place: Place, body: Answer["body"], isPaced: boolean): void {
  const { log } = me.world;
  const { position: before, heardAt } = place;
  const { position } = body;
  hear(place, body);
  if (before === null || position === null) return;
  if (isPaced) log.paced += 1;
  if (position <= before) return;
  const later = `${Math.round(place.heardAt - heardAt)} ms later`;
  const who = `number ${body.number} (fan ${me.index}${body.deferred ? ", who lets others go first" : ""})`;
  if (isPaced) log.accuse(`${who} waited as told, and the position rose from ${before} to ${position}, ${later}`);
  else log.risen += 1;
}

/** What an answer says of a place, and when to ask again. */
function hear(place: Place, { position, pollAfterMs = 0 }: Answer["body"]): void {
  place.position = position;
  place.heardAt = performance.now();
  place.askFrom = place.heardAt + pollAfterMs;
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
  hear(place, body);
  me.isIn = body.status === "admitted";
}

/** Has the token replaced, as one that somebody else got hold of. */
export async function replaceToken(me: FanState, random: Random): Promise<void> {
  const answer = await me.call(random, { what: "replace token", method: "POST", path: me.at("queue/token") });
  if (answer.outcome === "ok") enter(me, answer);
}
