"use client";

import { X } from "lucide-react";
import { useTranslations } from "next-intl";
import { Button } from "@/components/ui/button";
import { Money } from "@/components/ui/money";
import type { SaleConcert } from "./sale-concert";

type Props = {
  concert: SaleConcert;
  selected: number[];
  nameOf: (index: number) => string;
  priceOf: (index: number) => number;
  onRemove: (index: number) => void;
  onClear: () => void;
  onHold: () => void;
  pending: boolean;
};

/** What the fan chose and what it costs: a sheet at the foot of a phone, a card beside the map elsewhere. */
export function SeatsPanel({ concert, selected, nameOf, priceOf, onRemove, onClear, onHold, pending }: Props) {
  const t = useTranslations("booking.panel");
  const total = selected.reduce((sum, index) => sum + priceOf(index), 0);
  const count = selected.length;
  return (
    <section
      aria-labelledby="chosen"
      className="border-line bg-surface p-5 max-lg:border-t max-lg:pb-[max(1.25rem,env(safe-area-inset-bottom))] max-lg:shadow-[0_-8px_30px_rgb(0_0_0/0.12)] lg:rounded-card lg:border"
    >
      <div className="flex items-center justify-between">
        <h2 id="chosen" className="font-bold">
          {t("title")}
        </h2>
        {count > 0 && (
          <button type="button" onClick={onClear} className="min-h-11 px-2 font-semibold text-muted text-sm underline">
            {t("clear")}
          </button>
        )}
      </div>
      {count === 0 ? (
        <p className="mt-1 text-[0.9375rem] text-muted">{t("empty", { limit: concert.maxSeatsPerFan })}</p>
      ) : (
        <>
          <ul className="mt-1 max-h-40 overflow-y-auto">
            {selected.map((index) => (
              <li key={index} className="flex min-h-11 items-center justify-between gap-3">
                <span className="min-w-0 truncate">{nameOf(index)}</span>
                <span className="flex items-center gap-1">
                  <Money amount={priceOf(index)} currency={concert.currency} />
                  <button
                    type="button"
                    aria-label={t("remove", { seat: nameOf(index) })}
                    onClick={() => onRemove(index)}
                    className="grid size-11 place-items-center rounded-full text-muted hover:bg-sunken"
                  >
                    <X aria-hidden="true" className="size-4" />
                  </button>
                </span>
              </li>
            ))}
          </ul>
          <p className="mt-2 flex items-baseline justify-between border-line border-t pt-3">
            <span className="text-muted">
              {t("total")} · {t("count", { count })}
            </span>
            <b className="text-heading">
              <Money amount={total} currency={concert.currency} />
            </b>
          </p>
          <Button variant="primary" size="lg" block className="mt-3" pending={pending} onClick={onHold}>
            {t("hold", { count })}
          </Button>
          <p className="mt-2 text-center text-muted text-sm">
            {t("holdNote", { minutes: Math.round(concert.holdSeconds / 60) })}
          </p>
        </>
      )}
    </section>
  );
}
