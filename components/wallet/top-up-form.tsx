"use client";

import { useLocale, useTranslations } from "next-intl";
import { type FormEvent, useState } from "react";
import { isProblem } from "@/components/api-problem";
import { useProblemText } from "@/components/problem-text";
import { Button } from "@/components/ui/button";
import { Field, fieldProps, Input } from "@/components/ui/field";
import { Notice } from "@/components/ui/notice";
import { BALANCE_LIMIT, TOP_UP_MAX, TOP_UP_MIN } from "@/lib/wallet/rules";
import { useMoney } from "./use-money";
import { useTopUp, useTopUpOptions } from "./use-wallet";

const QUICK = [10_000, 50_000, 100_000, 500_000];

type TopUpFormProps = {
  /** What is missing for a purchase: offered first, and filled in. */
  missing?: number;
  onDone?: (added: number) => void;
};

/** Tops the wallet up by a quick amount or the fan's own: by card on the provider's page, or with demonstration money. */
export function TopUpForm({ missing = 0, onDone }: TopUpFormProps) {
  const t = useTranslations("wallet.topUp");
  const money = useMoney();
  const locale = useLocale();
  const problemText = useProblemText();
  const topUp = useTopUp();
  const options = useTopUpOptions().data;
  const min = options?.min ?? TOP_UP_MIN;
  const least = Math.max(missing, min);
  const [typed, setDigits] = useState<string | null>(null);
  const digits = typed ?? (missing > 0 ? String(Math.min(least, TOP_UP_MAX)) : "");
  const [tried, setTried] = useState(false);

  const amount = Number(digits);
  const range = { min: money(min), max: money(TOP_UP_MAX) };
  const isGood = digits !== "" && amount >= min && amount <= TOP_UP_MAX;
  const error = tried && !isGood ? t(digits === "" ? "empty" : "range", range) : null;
  const offers = missing > 0 ? [Math.min(least, TOP_UP_MAX), ...QUICK.filter((offer) => offer > least)] : QUICK;

  const choose = (next: string) => {
    setDigits(next);
    setTried(false);
    if (topUp.isError) topUp.reset();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!isGood || topUp.isPending) return;
    topUp.mutate(amount, {
      onSuccess: () => {
        setTried(false);
        if (missing === 0) setDigits("");
        onDone?.(amount);
      },
    });
  };

  const refusal = isProblem(topUp.error, "balance_limit_exceeded")
    ? "dailyLimit" in topUp.error.extra
      ? t("dailyLimit", { limit: money(Number(topUp.error.extra.dailyLimit)) })
      : t("limit", { limit: money(BALANCE_LIMIT) })
    : isProblem(topUp.error) && topUp.error.isPassing
      ? t("unsure")
      : topUp.isError && problemText(topUp.error);

  return (
    <form onSubmit={submit} noValidate className="space-y-4">
      <fieldset>
        <legend className="mb-2 font-semibold text-sm">{t("quick")}</legend>
        <div className="grid grid-cols-2 gap-2">
          {offers.map((offer, i) => (
            <Button
              key={offer}
              variant={amount === offer ? "solid" : "outline"}
              size="sm"
              aria-pressed={amount === offer}
              disabled={topUp.isPending}
              onClick={() => choose(String(offer))}
            >
              {missing > 0 && i === 0 ? t("missing", { amount: money(offer) }) : money(offer)}
            </Button>
          ))}
        </div>
      </fieldset>
      <Field id="top-up-amount" label={t("own")} hint={t("hint", range)} error={error}>
        <Input
          {...fieldProps("top-up-amount", { hint: true, error })}
          inputMode="numeric"
          autoComplete="off"
          placeholder="0"
          disabled={topUp.isPending}
          value={digits === "" ? "" : amount.toLocaleString(locale)}
          onChange={({ target }) => choose(target.value.replace(/\D/g, "").replace(/^0+/, "").slice(0, 9))}
          className="font-semibold text-lg tabular-nums"
        />
      </Field>
      {topUp.isError && (
        <Notice tone="error" title={t("failed")}>
          {refusal}
        </Notice>
      )}
      <Button type="submit" variant="primary" size="lg" block pending={topUp.isPending}>
        {isGood ? t("submit", { amount: money(amount) }) : t("submitEmpty")}
      </Button>
      {options && <p className="text-muted text-sm">{t(`by.${options.provider}`)}</p>}
    </form>
  );
}
