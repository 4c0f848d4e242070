"use client";

import { Minus, Plus } from "lucide-react";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Field, Select } from "@/components/ui/field";
import type { SaleConcert } from "./sale-concert";
import type { Wish } from "./use-hold";

type Props = {
  concert: SaleConcert;
  /** The tier that the map shows alone; the server keeps to it. */
  tier: string | null;
  onTier: (tier: string | null) => void;
  pending: boolean;
  onHold: (wish: Wish) => void;
};

/** Neighbouring seats picked by the server: how many, at which price, one press. */
export function BestAvailable({ concert, tier, onTier, pending, onHold }: Props) {
  const t = useTranslations("booking.best");
  const [count, setCount] = useState(Math.min(2, concert.maxSeatsPerFan));
  const knob =
    "grid size-11 place-items-center rounded-control border border-line-strong hover:bg-sunken disabled:opacity-40";
  return (
    <div className="space-y-3 lg:space-y-4">
      <div className="flex items-center justify-between gap-4">
        <div className="min-w-0">
          <h2 className="font-bold">{t("title")}</h2>
          <p className="text-[0.9375rem] text-muted max-lg:hidden">{t("text")}</p>
          <p className="truncate text-muted text-sm lg:hidden">{tier ?? t("any")}</p>
        </div>
        <fieldset className="flex shrink-0 items-center gap-1">
          <legend className="sr-only">{t("count")}</legend>
          <button
            type="button"
            aria-label={t("less")}
            disabled={count <= 1}
            onClick={() => setCount(count - 1)}
            className={knob}
          >
            <Minus aria-hidden="true" className="size-4" />
          </button>
          <output className="w-8 text-center font-bold text-lg tabular-nums">{count}</output>
          <button
            type="button"
            aria-label={t("more")}
            disabled={count >= concert.maxSeatsPerFan}
            onClick={() => setCount(count + 1)}
            className={knob}
          >
            <Plus aria-hidden="true" className="size-4" />
          </button>
        </fieldset>
      </div>
      {concert.tiers.length > 1 && (
        <div className="max-lg:hidden">
          <Field id="best-tier" label={t("tier")}>
            <Select id="best-tier" value={tier ?? ""} onChange={({ target }) => onTier(target.value || null)}>
              <option value="">{t("any")}</option>
              {concert.tiers.map(({ name }) => (
                <option key={name}>{name}</option>
              ))}
            </Select>
          </Field>
        </div>
      )}
      <Button block pending={pending} onClick={() => onHold({ count, ...(tier === null ? {} : { tier }) })}>
        {t("action", { count })}
      </Button>
    </div>
  );
}
