/** The currency that wallets hold, and so the only one a concert may ask. KRW has no minor unit. */
export const WALLET_CURRENCY = "KRW";

/** The largest amount a call may name, in minor units (2^53 − 1). */
export const MAX_AMOUNT = Number.MAX_SAFE_INTEGER;

const fractionDigits = (currency: string): number =>
  new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 0;

/** Writes an amount of minor units for people: `formatMoney(132000, "KRW", "ko")` → `₩132,000`. */
export function formatMoney(amount: number, currency: string, locale: string): string {
  return new Intl.NumberFormat(locale, { style: "currency", currency, currencyDisplay: "narrowSymbol" }).format(
    amount / 10 ** fractionDigits(currency),
  );
}
