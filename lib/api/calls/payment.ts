import { findOfferPass, type OfferPass } from "@/lib/booking/offer-pass";
import { isId } from "@/lib/core/ids";
import { cancelReservation } from "@/lib/payment/cancel-reservation";
import { payReservation } from "@/lib/payment/pay-reservation";
import { payTogether, type WantedPayment } from "@/lib/payment/pay-together";
import { refundTickets } from "@/lib/payment/refund-tickets";
import { grantedRefundSchema, refundSchema } from "@/lib/payment/schema";
import type { PresentedToken } from "@/lib/queue/admission";
import { defineCall, defineIdempotentCall } from "../call";
import { GATED, passGate, showToken } from "../gate";
import { idOf } from "../input";
import { payment, refund } from "../schemas";
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
    description:
      "From the wallet, at the price that was locked at the hold; the tickets are issued with it. An offer from the waitlist (`offered`) needs no queue token.",
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
    async before(input): Promise<PresentedToken | OfferPass> {
      if (!isId(input.params.reservationId)) return await passGate(input);
      try {
        return showToken(input);
      } catch (refusal) {
        // Offers from the waitlist are paid without a token.
        const pass = await findOfferPass(input.db, whose(input));
        if (pass) return pass;
        throw refusal;
      }
    },
    together: {
      // Offers are few, and their pass is of another kind.
      kindOf: ({ params, pass }) =>
        !("isOffer" in pass) && isId(params.reservationId) ? `pay ${pass.concertId}` : null,
      async run(tx, inputs) {
        const wanted = inputs.map(({ params, pass }): WantedPayment => {
          return { admission: pass as PresentedToken, reservationId: params.reservationId.toLowerCase() };
        });
        const paid = await payTogether(tx, (wanted[0] as WantedPayment).admission.concertId, wanted);
        return paid.map((body) => body && { status: 201, body });
      },
    },
    async handle({ db, params, pass: admission }) {
      const reservationId = idOf(params.reservationId, "reservation");
      return { status: 201, body: await payReservation(db, { admission, reservationId }) };
    },
  }),
  defineIdempotentCall({
    method: "POST",
    path: "/concerts/{concertId}/reservations/{reservationId}/refunds",
    tag,
    summary: "Give some tickets back",
    description:
      "Up to the concert's `refundUntilHours` before: the tickets are void, their seats on sale again, their price in the wallet. The reservation stays paid with the others; with the last one it is refunded.",
    access: "fan",
    body: refundSchema,
    answers: { 201: { description: "Refunded.", schema: refund } },
    problems: ["not_cancellable"],
    before: async () => null,
    async handle(input) {
      const { ticketIds } = input.body;
      return { status: 201, body: await refundTickets(input.db, { ...whose(input), ticketIds }) };
    },
  }),
  defineIdempotentCall({
    method: "POST",
    path: "/admin/concerts/{concertId}/reservations/{reservationId}/refunds",
    tag: "Organisers",
    summary: "Refund a fan's reservation",
    description:
      "All tickets that are left, or some, whatever the concert's rule says; not one that was used at the door or belongs to another fan.",
    access: "organizer",
    body: grantedRefundSchema,
    answers: { 201: { description: "Refunded.", schema: refund } },
    problems: ["not_cancellable"],
    before: async () => null,
    async handle({ db, params, caller, body: { reason, ticketIds } }) {
      const concertId = idOf(params.concertId, "reservation");
      const reservationId = idOf(params.reservationId, "reservation");
      const request = { concertId, reservationId, granted: { madeBy: caller.userId, reason } };
      return { status: 201, body: await refundTickets(db, ticketIds ? { ...request, ticketIds } : request) };
    },
  }),
];
