"use client";

import { useTranslations } from "next-intl";
import { useMemo } from "react";
import { Money } from "@/components/ui/money";
import { tierColorCss } from "./map-colors";
import type { SaleConcert } from "./sale-concert";
import type { SeatStore } from "./seat-store";

type Props = {
  concert: SaleConcert;
  store: SeatStore;
  version: number;
  only: string | null;
  onOnly: (tier: string | null) => void;
};

/** The tiers with their colours and prices; choosing one shows its seats alone. */
export function TierLegend({ concert, store, version, only, onOnly }: Props) {
  const t = useTranslations("booking.seats");
  // biome-ignore lint/correctness/useExhaustiveDependencies: the store changes in place; its version says when.
  const left = useMemo(() => {
    const sums = new Map<string, number>();
    for (const { tier, section } of store.hall.blocks)
      sums.set(tier, (sums.get(tier) ?? 0) + (store.left[section] ?? 0));
    return sums;
  }, [store, version]);
  const look = (isOn: boolean) =>
    `inline-flex min-h-11 items-center gap-2 rounded-full border px-4 text-sm whitespace-nowrap ${isOn ? "border-ink bg-ink text-paper" : "border-line bg-surface hover:border-line-strong"}`;
  return (
    <fieldset className="-mx-5 min-w-0 overflow-x-auto px-5 sm:mx-0 sm:px-0">
      <legend className="sr-only">{t("tiers")}</legend>
      <div className="flex gap-2 sm:flex-wrap">
        {concert.tiers.length > 1 && (
          <button
            type="button"
            aria-pressed={only === null}
            onClick={() => onOnly(null)}
            className={look(only === null)}
          >
            {t("allTiers")}
          </button>
        )}
        {concert.tiers.map(({ name, price }, at) => (
          <button
            key={name}
            type="button"
            aria-pressed={only === name}
            onClick={() => onOnly(only === name ? null : name)}
            className={look(only === name)}
          >
            <span aria-hidden="true" className="size-3 rounded-full" style={{ background: tierColorCss(at) }} />
            <b>{name}</b>
            <Money amount={price} currency={concert.currency} />
            {version > 0 && <span className="opacity-70">{t("tierLeft", { count: left.get(name) ?? 0 })}</span>}
          </button>
        ))}
      </div>
    </fieldset>
  );
}
