import { z } from "@hono/zod-openapi";
import { getConcert, listConcerts, listPerformances } from "@/lib/catalog/queries";
import { readSeatLayout, readSeatStates, readSeats } from "@/lib/catalog/seat-availability";
import { defineCall } from "../call";
import { matchesTag } from "../etag";
import { GATED, passGate } from "../gate";
import { PUBLIC_FOR_A_SECOND } from "../headers";
import { idOf } from "../input";
import {
  concertDetail,
  concertSummary,
  DEFAULT_LIMIT,
  pageOf,
  pageQuery,
  performance,
  seatLayout,
  seatList,
  seatStates,
} from "../schemas";

const tag = "Concerts";

const section = z.string().min(1).max(100);

const seatQuery = z.strictObject({
  availability: z.enum(["available", "all"]).optional().openapi({ description: "`available` unless given." }),
  section: section.optional().openapi({ description: "One section, by its name." }),
});

/** A version names what it says: whatever an organiser changes of the layout (a price, a section) has another. */
const FOR_GOOD = "public, max-age=31536000, immutable";

export const concertCalls = [
  defineCall({
    method: "GET",
    path: "/concerts",
    tag,
    summary: "List concerts",
    description: "Those with a performance still to come first, by its time; then the past ones.",
    access: "public",
    query: pageQuery,
    cache: PUBLIC_FOR_A_SECOND,
    answers: { 200: { description: "A page of concerts.", schema: pageOf(concertSummary) } },
    async handle({ db, query }) {
      const { limit = DEFAULT_LIMIT, cursor } = query;
      return { status: 200, body: await listConcerts(db, { limit, cursor }) };
    },
  }),
  defineCall({
    method: "GET",
    path: "/concerts/{concertId}",
    tag,
    summary: "Read one concert",
    description: "Its slug works for the id.",
    access: "public",
    cache: PUBLIC_FOR_A_SECOND,
    answers: { 200: { description: "The concert.", schema: concertDetail } },
    handle: async ({ db, params }) => ({ status: 200, body: await getConcert(db, params.concertId) }),
  }),
  defineCall({
    method: "GET",
    path: "/concerts/{concertId}/performances",
    tag,
    summary: "List available dates",
    description:
      "Only dates still to come. `seatsLeft` is as of now, or at most half a second old for a large hall (10,000 seats or more, all dates together).",
    access: "fan",
    ...GATED,
    answers: { 200: { description: "The dates.", schema: z.object({ items: z.array(performance) }) } },
    async handle(input) {
      const { concertId } = await passGate(input);
      return { status: 200, body: { items: await listPerformances(input.db, concertId) } };
    },
  }),
  defineCall({
    method: "GET",
    path: "/concerts/{concertId}/performances/{performanceId}/seats",
    tag,
    summary: "List available seats",
    description: "`number` is the number on the seat, never its id.",
    access: "fan",
    query: seatQuery,
    // A browser may keep it, and asks each time whether it is still true.
    cache: "private, no-cache",
    requestHeaders: { ...GATED.requestHeaders, "If-None-Match": "The `ETag` of an earlier answer." },
    problems: GATED.problems,
    answers: {
      200: { description: "The seats.", schema: seatList, headers: { ETag: "The version, quoted." } },
      304: { description: "Still as the `ETag` in `If-None-Match` says.", headers: { ETag: "The version, quoted." } },
    },
    async handle(input) {
      const { concertId } = await passGate(input);
      const { availability = "available", section } = input.query;
      const performanceId = idOf(input.params.performanceId, "performance");
      const { version, body } = await readSeats(input.db, { concertId, performanceId, availability, section });
      const headers = { ETag: `"${version}"` };
      if (matchesTag(input.header("if-none-match"), headers.ETag)) return { status: 304, headers };
      return { status: 200, text: body, headers };
    },
  }),
  defineCall({
    method: "GET",
    path: "/concerts/{concertId}/performances/{performanceId}/seat-layout",
    tag,
    summary: "Read a section's seats",
    description:
      "What does not change while seats are sold: everything but their availability, for `seat-states` to be read by. An answer is true for good, so caches may keep it; a version that is no longer the hall's is not found, and `seat-states` names the present one.",
    access: "public",
    cache: FOR_GOOD,
    requestHeaders: { "If-None-Match": "The `ETag` of an earlier answer." },
    query: z.strictObject({
      section: section.openapi({ description: "A section, by its name." }),
      version: z.string().min(1).max(40).describe("The `layout` of an answer of `seat-states`."),
    }),
    answers: {
      200: {
        description: "The section's seats, by row and number.",
        schema: seatLayout,
        headers: { ETag: "The version, quoted." },
      },
      304: { description: "As the `ETag` in `If-None-Match` says.", headers: { ETag: "The version, quoted." } },
    },
    async handle({ db, params, query, header }) {
      const concertId = idOf(params.concertId, "concert");
      const performanceId = idOf(params.performanceId, "performance");
      const { version, body } = await readSeatLayout(db, { concertId, performanceId, ...query });
      const headers = { ETag: `"${version}"` };
      if (matchesTag(header("if-none-match"), headers.ETag)) return { status: 304, headers };
      return { status: 200, text: body, headers };
    },
  }),
  defineCall({
    method: "GET",
    path: "/concerts/{concertId}/performances/{performanceId}/seat-states",
    tag,
    summary: "See how every seat stands",
    description:
      "What a seat map needs, small enough to ask for every two seconds: a text per section with one letter per seat, by row and number. `a` is available, `h` held, `s` sold.",
    access: "fan",
    cache: "private, no-cache",
    requestHeaders: { ...GATED.requestHeaders, "If-None-Match": "The `ETag` of an earlier answer." },
    query: z.strictObject({
      since: z.string().max(40).optional().describe("A `version` of the last seconds: only what changed is answered."),
    }),
    problems: GATED.problems,
    answers: {
      200: {
        description: "The hall, or what changed in it.",
        schema: seatStates,
        headers: { ETag: "The version, quoted." },
      },
      304: { description: "Still as the `ETag` in `If-None-Match` says.", headers: { ETag: "The version, quoted." } },
    },
    async handle(input) {
      const { concertId } = await passGate(input);
      const performanceId = idOf(input.params.performanceId, "performance");
      const { version, body } = await readSeatStates(input.db, { concertId, performanceId, ...input.query });
      const headers = { ETag: `"${version}"` };
      if (matchesTag(input.header("if-none-match"), headers.ETag)) return { status: 304, headers };
      return { status: 200, text: body, headers };
    },
  }),
];
