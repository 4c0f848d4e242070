"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { carryOut, read } from "@/components/api-client";
import { useSingleMutation } from "@/components/use-single-mutation";
import type { Wire } from "@/components/wire";
import type { Wallet, WalletEntry } from "@/lib/wallet/schema";

/** What the fan has. */
export const useWallet = () =>
  useQuery({ queryKey: ["wallet"], queryFn: ({ signal }) => read<Wallet>("/wallet", { signal }) });

/** Adds an amount to the wallet, once for each press however often it has to be sent. */
export function useTopUp() {
  const queries = useQueryClient();
  return useSingleMutation({
    mutationFn: (amount: number) =>
      carryOut<Wallet & { entry: Wire<WalletEntry> }>("/wallet", { method: "PATCH", body: { amount } }),
    onSuccess: ({ balance, currency }) => {
      queries.setQueryData<Wallet>(["wallet"], { balance, currency });
      void queries.invalidateQueries({ queryKey: ["wallet-entries"] });
    },
  });
}
