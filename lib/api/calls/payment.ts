import { isId } from "@/lib/core/ids";
import { cancelReservation } from "@/lib/payment/cancel-reservation";
import { payReservation } from "@/lib/payment/pay-reservation";
import { defineCall, defineIdempotentCall } from "../call";
import { GATED, passGate, showToken } from "../gate";
import { idOf } from "../input";
import { payment } from "../schemas";
import { whose } from "../whose";

const tag = "Reservations and payment";

export const paymentCalls = [
  defineCall({
    method: "DELETE",
    path: "/concerts/{concertId}/reservations/{reservationId}",
    tag,
    summary: "Give a reservation up",
    description:
      "A held one is released at once; a paid one is refunded up to the concert's `refundUntilHours` before.",
    access: "fan",
    answers: { 204: { description: "The seats are free again." } },
    problems: ["not_cancellable"],
    async handle(input) {
      await cancelReservation(input.db, whose(input));
      return { status: 204 };
    },
  }),
  defineIdempotentCall({
    method: "POST",
    path: "/concerts/{concertId}/reservations/{reservationId}/payment",
    tag,
    summary: "Pay a reservation",
    description: "From the wallet, at the price that was locked at the hold; the tickets are issued with it.",
    access: "fan",
    ...GATED,
    answers: { 201: { description: "Paid.", schema: payment } },
    problems: [
      ...GATED.problems,
      "insufficient_balance",
      "reservation_expired",
      "reservation_already_paid",
      "reservation_cancelled",
    ],
    before: async (input) => (isId(input.params.reservationId) ? showToken(input) : await passGate(input)),
    async handle({ db, params, pass: admission }) {
      const reservationId = idOf(params.reservationId, "reservation");
      return { status: 201, body: await payReservation(db, { admission, reservationId }) };
    },
  }),
];
