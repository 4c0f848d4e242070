import { z } from "@hono/zod-openapi";
import { spendAttempt } from "@/lib/auth/rate-limit";
import { ticketIcs } from "@/lib/tickets/ics";
import { ticketPdf } from "@/lib/tickets/pdf";
import { ticketSvg } from "@/lib/tickets/qr";
import { getTicket, listTickets } from "@/lib/tickets/queries";
import { ticketFileName } from "@/lib/tickets/rules";
import { defineCall, type Input } from "../call";
import { idOf } from "../input";
import { DEFAULT_LIMIT, pageOf, pageQuery, ticket } from "../schemas";

const tag = "Tickets";

const ticketsQuery = pageQuery.extend({
  reservationId: z.string().min(1).max(64).optional().openapi({ description: "Only those of this reservation." }),
});

const languageQuery = z.strictObject({
  locale: z.enum(["ko", "en"]).optional().openapi({ description: "`ko` unless given." }),
});

const own = ({
  db,
  caller,
  params,
}: Pick<Input<"{ticketId}", "fan", undefined, undefined>, "db" | "caller" | "params">) =>
  getTicket(db, { ticketId: idOf(params.ticketId, "ticket"), userId: caller.userId });

const asFile = (ticketId: string, extension: "svg" | "ics" | "pdf") => ({
  "Content-Disposition": `${extension === "svg" ? "inline" : "attachment"}; filename="${ticketFileName(ticketId, extension)}"`,
});

export const ticketCalls = [
  defineCall({
    method: "GET",
    path: "/tickets",
    tag,
    summary: "List one's own tickets",
    description: "Newest first, void ones included.",
    access: "fan",
    query: ticketsQuery,
    answers: { 200: { description: "A page of tickets.", schema: pageOf(ticket) } },
    async handle({ db, caller, query }) {
      const { limit = DEFAULT_LIMIT, cursor, reservationId } = query;
      return { status: 200, body: await listTickets(db, { userId: caller.userId, limit, cursor, reservationId }) };
    },
  }),
  defineCall({
    method: "GET",
    path: "/tickets/{ticketId}",
    tag,
    summary: "Read one's own ticket",
    access: "fan",
    answers: { 200: { description: "The ticket.", schema: ticket } },
    handle: async (input) => ({ status: 200, body: await own(input) }),
  }),
  defineCall({
    method: "GET",
    path: "/tickets/{ticketId}.svg",
    tag,
    summary: "A ticket's QR code",
    access: "fan",
    answers: { 200: { description: "The code as a picture.", type: "image/svg+xml" } },
    async handle(input) {
      const { id, code } = await own(input);
      return { status: 200, text: ticketSvg(code), type: "image/svg+xml", headers: asFile(id, "svg") };
    },
  }),
  defineCall({
    method: "GET",
    path: "/tickets/{ticketId}.ics",
    tag,
    summary: "A ticket for the calendar",
    access: "fan",
    query: languageQuery,
    answers: { 200: { description: "The performance as an event.", type: "text/calendar" } },
    async handle(input) {
      const found = await own(input);
      const type = "text/calendar; charset=utf-8";
      return { status: 200, text: ticketIcs(found, input.query.locale), type, headers: asFile(found.id, "ics") };
    },
  }),
  defineCall({
    method: "GET",
    path: "/tickets/{ticketId}.pdf",
    tag,
    summary: "A ticket for printing",
    access: "fan",
    query: languageQuery,
    answers: { 200: { description: "The ticket on a page.", type: "application/pdf" } },
    problems: ["rate_limited"],
    async handle(input) {
      const found = await own(input);
      // Drawing one takes some thousand times as long as answering any other call.
      await spendAttempt(input.db, { key: `ticket-pdf:${input.caller.userId}`, limit: 30, windowSeconds: 600 });
      const bytes = new Uint8Array(await ticketPdf(found, input.query.locale));
      return { status: 200, text: bytes, type: "application/pdf", headers: asFile(found.id, "pdf") };
    },
  }),
];
