"use client";

import { useQueryClient } from "@tanstack/react-query";
import { carryOut, read } from "@/components/api-client";
import { isProblem } from "@/components/api-problem";
import { keepQueueToken } from "@/components/queue-token";
import { useSingleMutation } from "@/components/use-single-mutation";
import type { Reservation } from "@/lib/booking/schema";
import type { Payment } from "@/lib/payment/schema";
import type { Wallet } from "@/lib/wallet/schema";

/**
 * Pays a reservation, once however often it is pressed or sent. A browser that lost the fan's queue token (another
 * device, cleared storage) gets it again by joining: a held reservation keeps its fan's admission alive.
 */
export function usePay(concertId: string, reservationId: string) {
  const queries = useQueryClient();
  const send = () =>
    carryOut<Payment>(`/concerts/${concertId}/reservations/${reservationId}/payment`, { method: "POST", concertId });
  return useSingleMutation({
    mutationFn: async () => {
      try {
        return await send();
      } catch (error) {
        if (!isProblem(error, "queue_token_required", "queue_token_invalid")) throw error;
        const { token } = await read<{ token: string }>(`/concerts/${concertId}/queue`, { method: "POST" });
        keepQueueToken(concertId, token);
        return await send();
      }
    },
    onSuccess: ({ balance, currency, paidAt }) => {
      queries.setQueryData<Wallet>(["wallet"], { balance, currency });
      queries.setQueryData<Reservation>(["reservation", reservationId], (before) =>
        before ? { ...before, status: "paid", paidAt } : before,
      );
      for (const key of ["tickets", "reservations", "wallet-entries"]) {
        void queries.invalidateQueries({ queryKey: [key] });
      }
    },
    onError: () => {
      void queries.invalidateQueries({ queryKey: ["reservation", reservationId] });
      void queries.invalidateQueries({ queryKey: ["wallet"] });
    },
  });
}
