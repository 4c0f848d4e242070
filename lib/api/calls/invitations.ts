import { z } from "@hono/zod-openapi";
import { namesOf } from "@/lib/auth/queries";
import { forgetAttempts, spendAttempts } from "@/lib/auth/rate-limit";
import { createInvitation, listInvitations, listInvitationUses, revokeInvitation } from "@/lib/queue/invitations";
import { getRoom } from "@/lib/queue/queries";
import { invitationCodeSchema, newInvitationSchema } from "@/lib/queue/schema";
import { spendInvitation } from "@/lib/queue/spend-invitation";
import { defineCall } from "../call";
import { idOf } from "../input";
import { DEFAULT_LIMIT, invitation, invitationUse, joinedView, pageOf, pageQuery } from "../schemas";

const tag = "Organisers";

/** A code has 60 bits; this keeps a caller from trying more than a few of them. A code that was good is not counted. */
const GUESSES = {
  address: { limit: 60, windowSeconds: 600 },
  account: { limit: 10, windowSeconds: 600 },
};

export const invitationCalls = [
  defineCall({
    method: "POST",
    path: "/concerts/{concertId}/queue/invitations",
    tag: "Waiting room",
    summary: "Pass the line by an invitation",
    description:
      "Whoever waits is admitted from where they stand; whoever is new is admitted at once. Each fan let in is one use of the code, and nothing else limits it. A fan who is inside already spends nothing.",
    access: "fan",
    body: invitationCodeSchema,
    answers: {
      200: { description: "The fan was inside already; the code is not spent.", schema: joinedView },
      201: { description: "Admitted, with a token.", schema: joinedView },
    },
    problems: ["conflict", "not_on_sale", "queue_closed", "rate_limited"],
    async handle({ db, caller, params, body, address }) {
      const concertId = idOf(params.concertId, "concert");
      await spendAttempts(db, "invitation", { address, account: caller.userId }, GUESSES);
      const { admitted, view } = await spendInvitation(db, { concertId, userId: caller.userId, code: body.code });
      await forgetAttempts(db, "invitation", caller.userId);
      return { status: admitted ? 201 : 200, body: view };
    },
  }),
  defineCall({
    method: "POST",
    path: "/admin/concerts/{concertId}/invitations",
    tag,
    summary: "Make an invitation",
    description: "A code that lets `usesLimit` fans pass the line. It counts against nothing but its own limit.",
    access: "organizer",
    body: newInvitationSchema,
    answers: { 201: { description: "The invitation with its code.", schema: invitation } },
    problems: ["conflict"],
    async handle({ db, caller, params, body }) {
      const concertId = idOf(params.concertId, "concert");
      return { status: 201, body: await createInvitation(db, { concertId, invitation: body, by: caller.userId }) };
    },
  }),
  defineCall({
    method: "GET",
    path: "/admin/concerts/{concertId}/invitations",
    tag,
    summary: "List a concert's invitations",
    description: "Newest first, with how often each was used.",
    access: "organizer",
    answers: { 200: { description: "All of them.", schema: z.object({ items: z.array(invitation) }) } },
    async handle({ db, params }) {
      const concertId = idOf(params.concertId, "concert");
      await getRoom(db, concertId);
      return { status: 200, body: { items: await listInvitations(db, concertId) } };
    },
  }),
  defineCall({
    method: "DELETE",
    path: "/admin/concerts/{concertId}/invitations/{invitationId}",
    tag,
    summary: "Revoke an invitation",
    description: "The code is good for nobody any more; those who passed by it stay in. Again is fine.",
    access: "organizer",
    answers: { 200: { description: "The invitation as it is now.", schema: invitation } },
    async handle({ db, caller, params: { concertId, invitationId } }) {
      const which = { concertId: idOf(concertId, "concert"), invitationId, by: caller.userId };
      return { status: 200, body: await revokeInvitation(db, which) };
    },
  }),
  defineCall({
    method: "GET",
    path: "/admin/concerts/{concertId}/invitations/{invitationId}/uses",
    tag,
    summary: "List who used an invitation",
    access: "organizer",
    query: pageQuery,
    answers: { 200: { description: "A page of uses, newest first.", schema: pageOf(invitationUse) } },
    async handle({ db, params: { concertId, invitationId }, query }) {
      const { limit = DEFAULT_LIMIT, cursor } = query;
      const page = { concertId: idOf(concertId, "concert"), invitationId, limit, cursor };
      const { items, nextCursor } = await listInvitationUses(db, page);
      const names = await namesOf(
        db,
        items.map(({ userId }) => userId),
      );
      const named = items.map(({ userId, ...use }) => ({
        ...use,
        fan: { id: userId, name: names.get(userId) ?? null },
      }));
      return { status: 200, body: { items: named, nextCursor } };
    },
  }),
];
