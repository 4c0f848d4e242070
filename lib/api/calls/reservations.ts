import { holdBestAvailable } from "@/lib/booking/hold-best-available";
import { holdSeats } from "@/lib/booking/hold-seats";
import { getReservation, listReservations } from "@/lib/booking/queries";
import { reserveSchema } from "@/lib/booking/schema";
import { defineCall, defineIdempotentCall } from "../call";
import { GATED, passGate } from "../gate";
import { DEFAULT_LIMIT, pageOf, pageQuery, reservation } from "../schemas";
import { whose } from "../whose";

const tag = "Reservations and payment";

export const reservationCalls = [
  defineIdempotentCall({
    method: "POST",
    path: "/concerts/{concertId}/reservations",
    tag,
    summary: "Reserve seats",
    description:
      "Names seats, or lets the server pick neighbouring ones (`bestAvailable`). All of them are held for the concert's `holdSeconds`, or none.",
    access: "fan",
    ...GATED,
    body: reserveSchema,
    answers: { 201: { description: "The seats are held.", schema: reservation } },
    problems: [...GATED.problems, "seat_unavailable", "seat_limit_exceeded", "not_on_sale"],
    before: passGate,
    async handle({ db, body, pass: admission }) {
      const { performanceId } = body;
      const held =
        "seatIds" in body
          ? await holdSeats(db, { admission, performanceId, seatIds: body.seatIds })
          : await holdBestAvailable(db, { admission, performanceId, ...body.bestAvailable });
      return { status: 201, body: held };
    },
  }),
  defineCall({
    method: "GET",
    path: "/reservations",
    tag,
    summary: "List one's own reservations",
    description: "Newest first, of all concerts.",
    access: "fan",
    query: pageQuery,
    answers: { 200: { description: "A page of reservations.", schema: pageOf(reservation) } },
    async handle({ db, caller, query }) {
      const { limit = DEFAULT_LIMIT, cursor } = query;
      return { status: 200, body: await listReservations(db, { userId: caller.userId, limit, cursor }) };
    },
  }),
  defineCall({
    method: "GET",
    path: "/concerts/{concertId}/reservations/{reservationId}",
    tag,
    summary: "Read one's own reservation",
    access: "fan",
    answers: { 200: { description: "The reservation.", schema: reservation } },
    handle: async (input) => ({ status: 200, body: await getReservation(input.db, whose(input)) }),
  }),
];
