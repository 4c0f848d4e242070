"use client";

import { Minus, Plus } from "lucide-react";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Panel } from "@/components/ui/card";
import { Field, Select } from "@/components/ui/field";
import type { SaleConcert } from "./sale-concert";
import type { Wish } from "./use-hold";

type Props = { concert: SaleConcert; pending: boolean; onHold: (wish: Wish) => void };

/** Neighbouring seats picked by the server: how many, at which price, one press. */
export function BestAvailable({ concert, pending, onHold }: Props) {
  const t = useTranslations("booking.best");
  const [count, setCount] = useState(Math.min(2, concert.maxSeatsPerFan));
  const [tier, setTier] = useState("");
  const knob = "grid size-12 place-items-center rounded-control border border-line-strong disabled:opacity-40";
  return (
    <Panel className="space-y-4">
      <div>
        <h2 className="font-bold">{t("title")}</h2>
        <p className="text-[0.9375rem] text-muted">{t("text")}</p>
      </div>
      <div className="flex items-center justify-between">
        <span className="font-semibold text-sm">{t("count")}</span>
        <div className="flex items-center gap-3">
          <button
            type="button"
            aria-label={t("less")}
            disabled={count <= 1}
            onClick={() => setCount(count - 1)}
            className={knob}
          >
            <Minus aria-hidden="true" className="size-4" />
          </button>
          <output className="w-6 text-center font-bold text-lg tabular-nums">{count}</output>
          <button
            type="button"
            aria-label={t("more")}
            disabled={count >= concert.maxSeatsPerFan}
            onClick={() => setCount(count + 1)}
            className={knob}
          >
            <Plus aria-hidden="true" className="size-4" />
          </button>
        </div>
      </div>
      {concert.tiers.length > 1 && (
        <Field id="best-tier" label={t("tier")}>
          <Select id="best-tier" value={tier} onChange={(event) => setTier(event.target.value)}>
            <option value="">{t("any")}</option>
            {concert.tiers.map(({ name }) => (
              <option key={name}>{name}</option>
            ))}
          </Select>
        </Field>
      )}
      <Button block pending={pending} onClick={() => onHold({ count, ...(tier === "" ? {} : { tier }) })}>
        {t("action", { count })}
      </Button>
    </Panel>
  );
}
