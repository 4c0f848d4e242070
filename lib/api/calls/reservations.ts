import type { Db } from "@/db/client";
import { changeSeats } from "@/lib/booking/change-seats";
import { seatUnavailable } from "@/lib/booking/errors";
import { extendHold } from "@/lib/booking/extend-hold";
import { holdBestAvailable, lookForBest } from "@/lib/booking/hold-best-available";
import { holdSeats } from "@/lib/booking/hold-seats";
import { fitsTogether, holdSeatsTogether, type WantedHold } from "@/lib/booking/hold-together";
import { getReservation, listReservations } from "@/lib/booking/queries";
import { changeSeatsSchema, type Reservation, reserveSchema } from "@/lib/booking/schema";
import { type SeatTurn, takeSeatTurn } from "@/lib/booking/seat-turns";
import { checkAdmission } from "@/lib/queue/admission";
import { defineCall, defineIdempotentCall } from "../call";
import { GATED, passGate, showToken } from "../gate";
import { idOf } from "../input";
import { DEFAULT_LIMIT, pageOf, pageQuery, reservation } from "../schemas";
import { whose } from "../whose";

const tag = "Reservations and payment";

/** A hold that is over, in the ways it can be. */
const OVER = ["reservation_expired", "reservation_already_paid", "reservation_cancelled"] as const;

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
    problems: [...GATED.problems, "seat_unavailable", "seat_left_alone", "seat_limit_exceeded", "not_on_sale"],
    // In turns before the transaction of the key begins: nobody waits for a seat with a connection in hand.
    async before(input): Promise<{ hold: (db: Db) => Promise<Reservation>; wanted?: WantedHold; turn?: SeatTurn }> {
      const { body } = input;
      const { performanceId } = body;
      if (!("seatIds" in body)) {
        const admission = await passGate(input);
        // Also for the picture in memory, which cannot be brought up to date inside the transaction.
        const hall = await lookForBest(input.db, { concertId: admission.concertId, performanceId });
        return { hold: (db) => holdBestAvailable(db, { admission, performanceId, hall, ...body.bestAvailable }) };
      }
      const admission = showToken(input);
      const turn = await takeSeatTurn(admission.concertId, body.seatIds);
      if (turn.taken.length === 0) {
        const wanted = { admission, performanceId, seatIds: body.seatIds };
        return { hold: (db) => holdSeats(db, wanted), wanted, turn };
      }
      await checkAdmission(input.db, admission);
      return { hold: () => Promise.reject(seatUnavailable(turn.taken)) };
    },
    together: {
      kindOf: ({ pass: { wanted } }) => (wanted && fitsTogether(wanted) ? `hold ${wanted.admission.concertId}` : null),
      async run(tx, inputs) {
        const all = inputs.map(({ pass }) => pass.wanted as WantedHold);
        const held = await holdSeatsTogether(tx, (all[0] as WantedHold).admission.concertId, all);
        return held.map((body) => body && { status: 201, body });
      },
    },
    handle: async ({ db, pass }) => ({ status: 201, body: await pass.hold(db) }),
    after: (_, pass, isDone) => pass?.turn?.end(isDone),
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
  defineCall({
    method: "PATCH",
    path: "/concerts/{concertId}/reservations/{reservationId}",
    tag,
    summary: "Change the seats of a hold",
    description:
      "The reservation has exactly these seats from then on. Those that it keeps are never let go, new ones are taken all or none, the others are free at once. The hold ends when it did before.",
    access: "fan",
    ...GATED,
    body: changeSeatsSchema,
    answers: { 200: { description: "The reservation as it is now.", schema: reservation } },
    problems: [
      ...GATED.problems,
      "seat_unavailable",
      "seat_left_alone",
      "seat_limit_exceeded",
      "not_on_sale",
      ...OVER,
      "conflict",
    ],
    async handle(input) {
      const admission = await passGate(input);
      const { reservationId } = whose(input);
      return { status: 200, body: await changeSeats(input.db, { admission, reservationId, ...input.body }) };
    },
  }),
  defineIdempotentCall({
    method: "POST",
    path: "/concerts/{concertId}/reservations/{reservationId}/extension",
    tag,
    summary: "Extend a hold",
    description:
      "The hold lasts the concert's `holdSeconds` from now on, as often as its `holdExtensions` allow; after that `conflict`.",
    access: "fan",
    ...GATED,
    answers: { 200: { description: "The reservation with its new end.", schema: reservation } },
    problems: [...GATED.problems, ...OVER, "conflict"],
    before: passGate,
    async handle({ db, params, pass: admission }) {
      const reservationId = idOf(params.reservationId, "reservation");
      return { status: 200, body: await extendHold(db, { admission, reservationId }) };
    },
  }),
];
