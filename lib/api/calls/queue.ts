import { releaseHolds } from "@/lib/booking/release-seats";
import { presentToken } from "@/lib/queue/admission";
import { deferTurn } from "@/lib/queue/defer-turn";
import { queueTokenInvalid } from "@/lib/queue/errors";
import { joinQueue } from "@/lib/queue/join-queue";
import { leaveQueue } from "@/lib/queue/leave-queue";
import { getLine } from "@/lib/queue/line";
import { listOwnLines } from "@/lib/queue/own-lines";
import { makeChallenge } from "@/lib/queue/proof-of-work";
import { replaceToken } from "@/lib/queue/replace-token";
import { defineCall } from "../call";
import { QUEUE_TOKEN_HEADER, REFUSED_TOKEN } from "../gate";
import { PUBLIC_FOR_A_SECOND } from "../headers";
import { idOf } from "../input";
import { claimsFor, pollBytes, pulseBytes } from "../poll";
import { challenge, joinedView, ownLines, pulse, queueView } from "../schemas";

const tag = "Waiting room";
const token = {
  requestHeaders: { [QUEUE_TOKEN_HEADER]: "The token from joining; it says whose place this is." },
  problems: ["queue_token_required", "queue_token_invalid"],
} as const;

export const queueCalls = [
  defineCall({
    method: "POST",
    path: "/concerts/{concertId}/queue",
    tag,
    summary: "Join the line (issue a queue token)",
    description:
      "A fan who is in line already gets the same place again. Whoever leaves and joins over and over, or takes too many places from one address, is refused for a while. While more join than the organiser allows in a second, a refusal carries a `challenge`: joining with the work that it asks for succeeds at once.",
    access: "fan",
    answers: {
      200: { description: "The place that the fan had.", schema: joinedView },
      201: { description: "A new place.", schema: joinedView },
    },
    requestHeaders: {
      "Proof-Of-Work":
        "Where a join was refused with a `challenge`: its `text`, a point and a number, so that the SHA-256 of the whole starts with `bits` zero bits.",
    },
    problems: ["queue_closed", "rate_limited"],
    async handle({ db, caller, params, header, address }) {
      const concertId = idOf(params.concertId, "concert");
      const proof = header("proof-of-work");
      const { created, view } = await joinQueue(db, { concertId, userId: caller.userId, address, proof });
      return { status: created ? 201 : 200, body: view };
    },
  }),
  defineCall({
    method: "GET",
    path: "/concerts/{concertId}/queue",
    tag,
    summary: "Check the queue",
    description:
      "Answered from memory; ask again after `pollAfterMs`. `token` is there only when a fresh one replaces the old one, and both stay valid. The token alone says who is asking.",
    access: "public",
    ...token,
    cache: "no-store",
    answers: { 200: { description: "Where the fan stands.", schema: queueView } },
    handle: async ({ db, params, header }) => ({
      status: 200,
      text: await pollBytes(db, claimsFor(header("queue-token"), idOf(params.concertId, "concert"))),
    }),
  }),
  defineCall({
    method: "DELETE",
    path: "/concerts/{concertId}/queue",
    tag,
    summary: "Leave the line",
    description: "The place, and seats that are held with it, are given up at once; again is fine.",
    access: "token",
    ...token,
    answers: { 204: { description: "The place is given up." } },
    async handle({ db, caller, params, header }) {
      const claims = claimsFor(header("queue-token"), idOf(params.concertId, "concert"));
      if (caller && caller.userId !== claims.userId) throw queueTokenInvalid();
      const from = await leaveQueue(db, claims);
      // Nobody in line holds seats; whoever had left already may have been cut off before this.
      if (from === "admitted" || from === null) await releaseHolds(db, claims);
      return { status: 204 };
    },
  }),
  defineCall({
    method: "GET",
    path: "/queue",
    tag,
    summary: "List the own places in all lines",
    description: "Every concert that the fan waits for or is inside of now, with the place there; the oldest first.",
    access: "fan",
    answers: { 200: { description: "The own places.", schema: ownLines } },
    handle: async ({ db, caller }) => ({ status: 200, body: { items: await listOwnLines(db, caller.userId) } }),
  }),
  defineCall({
    method: "GET",
    path: "/concerts/{concertId}/queue/challenge",
    tag,
    summary: "Ask for a challenge",
    description:
      "For this fan and this line, good for two minutes and for one join. A refused join brings one along; asking before saves a fan that round.",
    access: "fan",
    answers: { 200: { description: "What to work on.", schema: challenge } },
    async handle({ db, caller, params }) {
      const concertId = idOf(params.concertId, "concert");
      const { challengeBits: bits } = await getLine(db, concertId);
      return { status: 200, body: makeChallenge({ concertId, userId: caller.userId, bits }) };
    },
  }),
  defineCall({
    method: "POST",
    path: "/concerts/{concertId}/queue/deferral",
    tag,
    summary: "Let the next five go first",
    description:
      "For a fan whose turn has come and who has not come in yet: the turn passes on at once, and comes back by itself when the next five in line have gone. The number stays. Twice in one stay in line.",
    access: "fan",
    ...token,
    answers: { 200: { description: "The place meanwhile.", schema: queueView } },
    problems: ["queue_token_required", ...REFUSED_TOKEN, "conflict"],
    async handle({ db, caller, params, header }) {
      const concertId = idOf(params.concertId, "concert");
      const presented = presentToken({ token: header("queue-token"), concertId, userId: caller.userId });
      return { status: 200, body: await deferTurn(db, presented) };
    },
  }),
  defineCall({
    method: "POST",
    path: "/concerts/{concertId}/queue/token",
    tag,
    summary: "Replace the queue token",
    description:
      "For a token that somebody else got hold of: the place stays, and every earlier token of it is refused within two seconds everywhere. Five times in ten minutes.",
    access: "fan",
    answers: { 200: { description: "The same place with its new token.", schema: joinedView } },
    problems: ["rate_limited"],
    handle: async ({ db, caller, params }) => ({
      status: 200,
      body: await replaceToken(db, { concertId: idOf(params.concertId, "concert"), userId: caller.userId }),
    }),
  }),
  defineCall({
    method: "GET",
    path: "/concerts/{concertId}/queue/pulse",
    tag,
    summary: "Read the line's pulse",
    description:
      "The same for everybody, so that a CDN or nginx can keep it for a second. With its `number` a browser works out its own position: `number − servedThrough − (those in gone before it)`.",
    access: "public",
    cache: PUBLIC_FOR_A_SECOND,
    answers: { 200: { description: "What everybody may know of the line.", schema: pulse } },
    handle: async ({ db, params }) => ({ status: 200, text: await pulseBytes(db, idOf(params.concertId, "concert")) }),
  }),
];
