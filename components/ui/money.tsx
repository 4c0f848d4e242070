import { useLocale } from "next-intl";
import { formatMoney } from "@/lib/core/money";

/** An amount of minor units, written for the page's language. */
export function Money({ amount, currency = "KRW" }: { amount: number; currency?: string }) {
  return <span className="whitespace-nowrap tabular-nums">{formatMoney(amount, currency, useLocale())}</span>;
}
