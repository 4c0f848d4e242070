"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { carryOut, read } from "@/components/api-client";
import { useSingleMutation } from "@/components/use-single-mutation";
import type { TopUpState } from "@/lib/payment/schema";
import type { TopUpOptions, Wallet } from "@/lib/wallet/schema";

/** What the fan has. */
export const useWallet = () =>
  useQuery({ queryKey: ["wallet"], queryFn: ({ signal }) => read<Wallet>("/wallet", { signal }) });

/** How money gets into the wallet here, and how much. */
export const useTopUpOptions = () =>
  useQuery({
    queryKey: ["top-up-options"],
    queryFn: ({ signal }) => read<TopUpOptions>("/wallet/top-up-options", { signal }),
    staleTime: 60_000,
  });

function useRefreshMoney(): () => void {
  const queries = useQueryClient();
  return () => {
    for (const key of ["wallet", "wallet-entries", "top-up-options"]) {
      void queries.invalidateQueries({ queryKey: [key] });
    }
  };
}

/**
 * Sets out to add an amount, once for each press however often it has to be sent. By card the browser goes on to the
 * payment page, which comes back to this one.
 */
export function useTopUp() {
  const refresh = useRefreshMoney();
  return useSingleMutation({
    mutationFn: async (amount: number) => {
      const here = new URL(window.location.href);
      here.searchParams.delete("topUp");
      const body = { amount, returnTo: here.pathname + here.search };
      const topUp = await carryOut<TopUpState>("/wallet/top-ups", { method: "POST", body });
      if (topUp.url) {
        window.location.assign(topUp.url);
        // The page is on its way out; until then the button stays pending.
        await new Promise((resolve) => setTimeout(resolve, 10_000));
      }
      return topUp;
    },
    onSuccess: refresh,
  });
}

const ASK_MS = 2000;

/** A top-up that the fan comes back from, asked about until it is decided. */
export function useTopUpState(id: string) {
  const refresh = useRefreshMoney();
  const query = useQuery({
    queryKey: ["top-up", id],
    queryFn: ({ signal }) => read<TopUpState>(`/wallet/top-ups/${encodeURIComponent(id)}`, { signal }),
    refetchInterval: ({ state }) => (state.data?.status === "pending" ? ASK_MS : false),
  });
  const status = query.data?.status;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the money is read again when the status changes, not more often.
  useEffect(() => {
    if (status === "credited") refresh();
  }, [status]);
  return query;
}
