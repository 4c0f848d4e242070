"use client";

import { useLocale } from "next-intl";
import { formatMoney, WALLET_CURRENCY } from "@/lib/core/money";

/** Writes amounts of minor units inside sentences. */
export function useMoney(): (amount: number, currency?: string) => string {
  const locale = useLocale();
  return (amount, currency = WALLET_CURRENCY) => formatMoney(amount, currency, locale);
}
