import { joinWaitlist } from "@/lib/waitlist/join-waitlist";
import { leaveWaitlist } from "@/lib/waitlist/leave-waitlist";
import { getWaitlistEntry, listWaitlistEntries } from "@/lib/waitlist/queries";
import { joinWaitlistSchema } from "@/lib/waitlist/schema";
import { defineCall } from "../call";
import { idOf } from "../input";
import { DEFAULT_LIMIT, pageOf, pageQuery, waitlistEntry } from "../schemas";

const tag = "Waitlist";

type Asking = { params: { concertId: string; performanceId: string }; caller: { userId: string } };

const whose = ({ params, caller }: Asking) => ({
  concertId: idOf(params.concertId, "performance"),
  performanceId: idOf(params.performanceId, "performance"),
  userId: caller.userId,
});

export const waitlistCalls = [
  defineCall({
    method: "POST",
    path: "/concerts/{concertId}/performances/{performanceId}/waitlist",
    tag,
    summary: "Join the waitlist of a sold-out performance",
    description:
      "Seats that come back are offered to the first whose `count` and `tier` they fit, before general sale: a held reservation with `offered: true` that lasts ten minutes and is paid without a queue token. `conflict` while such seats are on sale, or for a fan who waits for others.",
    access: "fan",
    body: joinWaitlistSchema,
    answers: {
      200: { description: "The place that the fan has already.", schema: waitlistEntry },
      201: { description: "At the end of the list.", schema: waitlistEntry },
    },
    problems: ["conflict", "seat_limit_exceeded", "not_on_sale"],
    async handle(input) {
      const { created, entry } = await joinWaitlist(input.db, { ...whose(input), ...input.body });
      return { status: created ? 201 : 200, body: entry };
    },
  }),
  defineCall({
    method: "GET",
    path: "/concerts/{concertId}/performances/{performanceId}/waitlist",
    tag,
    summary: "Read one's own place on a waitlist",
    description: "The latest one; `status` says how it stands or ended.",
    access: "fan",
    answers: { 200: { description: "The place.", schema: waitlistEntry } },
    handle: async (input) => ({ status: 200, body: await getWaitlistEntry(input.db, whose(input)) }),
  }),
  defineCall({
    method: "DELETE",
    path: "/concerts/{concertId}/performances/{performanceId}/waitlist",
    tag,
    summary: "Leave a waitlist",
    description: "Seats that are offered at that moment go to the next one. Leaving again changes nothing.",
    access: "fan",
    answers: { 204: { description: "Not on the list any more." } },
    async handle(input) {
      await leaveWaitlist(input.db, whose(input));
      return { status: 204 };
    },
  }),
  defineCall({
    method: "GET",
    path: "/waitlist",
    tag,
    summary: "List one's own places on waitlists",
    description: "Newest first, of all concerts.",
    access: "fan",
    query: pageQuery,
    answers: { 200: { description: "A page of places.", schema: pageOf(waitlistEntry) } },
    async handle({ db, caller, query }) {
      const { limit = DEFAULT_LIMIT, cursor } = query;
      return { status: 200, body: await listWaitlistEntries(db, { userId: caller.userId, limit, cursor }) };
    },
  }),
];
