import { checkInTicket } from "@/lib/tickets/check-in-ticket";
import { checkInSchema } from "@/lib/tickets/schema";
import { defineCall } from "../call";
import { checkIn } from "../schemas";

const tag = "Organisers";

export const checkInCalls = [
  defineCall({
    method: "POST",
    path: "/admin/check-ins",
    tag,
    summary: "Check a ticket in",
    access: "organizer",
    body: checkInSchema,
    answers: { 200: { description: "Let them in.", schema: checkIn } },
    problems: ["already_checked_in", "ticket_invalid"],
    handle: async ({ db, body }) => ({ status: 200, body: await checkInTicket(db, body) }),
  }),
];
