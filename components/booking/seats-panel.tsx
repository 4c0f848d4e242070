"use client";

import { X } from "lucide-react";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
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
  /** The seats of a hold are being changed. */
  isChange: boolean;
  /** The other way to seats, offered while none is chosen. */
  children: ReactNode;
};

/** What the fan chose and what it costs: at the foot of a phone's map, beside it elsewhere. */
export function SeatsPanel({
  concert,
  selected,
  nameOf,
  priceOf,
  onRemove,
  onClear,
  onHold,
  pending,
  isChange,
  children,
}: Props) {
  const t = useTranslations("booking.panel");
  const total = selected.reduce((sum, index) => sum + priceOf(index), 0);
  const count = selected.length;
  return (
    <section
      aria-labelledby="chosen"
      className="px-5 pt-4 pb-[max(1rem,env(safe-area-inset-bottom))] lg:flex lg:min-h-full lg:flex-col lg:px-7 lg:py-7"
    >
      <div className={`flex items-center justify-between ${count === 0 ? "max-lg:sr-only" : ""}`}>
        <h2 id="chosen" className="font-bold lg:text-heading">
          {t("title")}
        </h2>
        {count > 1 && (
          <button type="button" onClick={onClear} className="min-h-11 px-2 font-semibold text-muted text-sm underline">
            {t("clear")}
          </button>
        )}
      </div>
      {count === 0 ? (
        <>
          <p className="mt-1 mb-7 text-[0.9375rem] text-muted max-lg:hidden">
            {t("empty", { limit: concert.maxSeatsPerFan })}
          </p>
          {isChange ? <p>{t("changeEmpty")}</p> : children}
        </>
      ) : (
        <>
          <ul className="mt-1 max-h-[22dvh] overflow-y-auto lg:max-h-none lg:flex-1">
            {selected.map((index) => (
              <li key={index} className="flex min-h-11 items-center justify-between gap-3">
                <span className="min-w-0 truncate">{nameOf(index)}</span>
                <span className="flex items-center gap-1">
                  <Money amount={priceOf(index)} currency={concert.currency} />
                  <button
                    type="button"
                    aria-label={t("remove", { seat: nameOf(index) })}
                    onClick={() => onRemove(index)}
                    className="-mr-3 grid size-11 place-items-center rounded-full text-muted hover:bg-sunken"
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
            {isChange ? t("update", { count }) : t("hold", { count })}
          </Button>
          <p className="mt-2 text-center text-muted text-sm max-lg:hidden">
            {isChange ? t("changeNote") : t("holdNote", { minutes: Math.round(concert.holdSeconds / 60) })}
          </p>
        </>
      )}
    </section>
  );
}
