import { checkInTicket } from "@/lib/tickets/check-in-ticket";
import { listDoorCounts } from "@/lib/tickets/door-counts";
import { checkInSchema } from "@/lib/tickets/schema";
import { defineCall } from "../call";
import { idOf } from "../input";
import { checkIn, doorCounts } from "../schemas";

const tag = "Organisers";

export const checkInCalls = [
  defineCall({
    method: "POST",
    path: "/admin/check-ins",
    tag,
    summary: "Check a ticket in",
    description: "Once. With `performanceId`, a ticket for any other performance is refused and stays unused.",
    access: "organizer",
    body: checkInSchema,
    answers: { 200: { description: "Let them in.", schema: checkIn } },
    problems: ["already_checked_in", "ticket_invalid"],
    handle: async ({ db, body }) => ({ status: 200, body: await checkInTicket(db, body) }),
  }),
  defineCall({
    method: "GET",
    path: "/admin/concerts/{concertId}/check-ins",
    tag,
    summary: "Count who has come",
    access: "organizer",
    answers: { 200: { description: "Every performance of the concert.", schema: doorCounts } },
    handle: async ({ db, params }) => ({
      status: 200,
      body: { items: await listDoorCounts(db, idOf(params.concertId, "concert")) },
    }),
  }),
];
