import { spendAttempt } from "@/lib/auth/rate-limit";
import { claimTicket } from "@/lib/tickets/claim-ticket";
import { listGivenTickets } from "@/lib/tickets/given-tickets";
import { revokeTransfer } from "@/lib/tickets/revoke-transfer";
import { claimSchema } from "@/lib/tickets/schema";
import { startTransfer } from "@/lib/tickets/start-transfer";
import { previewTransfer } from "@/lib/tickets/transfers";
import { defineCall } from "../call";
import { idOf } from "../input";
import { DEFAULT_LIMIT, givenTicket, pageOf, pageQuery, ticket, transferLink, transferPreview } from "../schemas";

const tag = "Tickets";

/** Links that one fan may make in an hour; every one of them is kept. */
const LINKS = { limit: 60, windowSeconds: 3600 };

export const transferCalls = [
  defineCall({
    method: "POST",
    path: "/tickets/{ticketId}/transfer",
    tag,
    summary: "Offer a ticket by link",
    description:
      "The first fan to claim the link has the ticket. It lapses after two days, and when the performance begins. While a link is open it is answered again.",
    access: "fan",
    answers: {
      200: { description: "The link that is open already.", schema: transferLink },
      201: { description: "A new link.", schema: transferLink },
    },
    problems: ["conflict", "rate_limited"],
    async handle({ db, caller: { userId }, params }) {
      await spendAttempt(db, { key: `ticket-transfer:${userId}`, ...LINKS });
      const { created, ...link } = await startTransfer(db, { ticketId: idOf(params.ticketId, "ticket"), userId });
      return { status: created ? 201 : 200, body: link };
    },
  }),
  defineCall({
    method: "DELETE",
    path: "/tickets/{ticketId}/transfer",
    tag,
    summary: "Take a ticket's link back",
    access: "fan",
    answers: { 204: { description: "No link is open." } },
    async handle({ db, caller: { userId }, params }) {
      await revokeTransfer(db, { ticketId: idOf(params.ticketId, "ticket"), userId });
      return { status: 204 };
    },
  }),
  defineCall({
    method: "POST",
    path: "/tickets/claims/preview",
    tag,
    summary: "See what a link offers",
    description: "Everything but the code. Changes nothing; a POST only so that the token stands in no address.",
    access: "fan",
    body: claimSchema,
    answers: { 200: { description: "What would be claimed.", schema: transferPreview } },
    problems: ["conflict", "ticket_invalid"],
    handle: async ({ db, caller: { userId }, body: { token } }) => ({
      status: 200,
      body: await previewTransfer(db, { token, userId }),
    }),
  }),
  defineCall({
    method: "POST",
    path: "/tickets/claims",
    tag,
    summary: "Claim a ticket",
    description:
      "It is the caller's from then on, under a new code; the former holder's code is dead. Claiming again answers the same ticket.",
    access: "fan",
    body: claimSchema,
    answers: { 200: { description: "The ticket.", schema: ticket } },
    problems: ["conflict", "ticket_invalid"],
    handle: async ({ db, caller: { userId }, body: { token } }) => ({
      status: 200,
      body: await claimTicket(db, { token, userId }),
    }),
  }),
  defineCall({
    method: "GET",
    path: "/given-tickets",
    tag,
    summary: "List the tickets one gave away",
    access: "fan",
    query: pageQuery,
    answers: { 200: { description: "A page of them, newest first.", schema: pageOf(givenTicket) } },
    async handle({ db, caller: { userId }, query }) {
      const { limit = DEFAULT_LIMIT, cursor } = query;
      return { status: 200, body: await listGivenTickets(db, { userId, limit, cursor }) };
    },
  }),
];
