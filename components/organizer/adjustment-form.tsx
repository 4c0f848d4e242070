"use client";

import { useTranslations } from "next-intl";
import { type FormEvent, useState } from "react";
import { Button } from "@/components/ui/button";
import { Field, fieldProps, Input, Select } from "@/components/ui/field";
import { ADJUSTMENT_MAX } from "@/lib/wallet/rules";

/** How much, in which direction, and why. `onAdjust` gets a negative amount to take and says whether it was done. */
export function AdjustmentForm({ onAdjust }: { onAdjust: (amount: number, reason: string) => Promise<boolean> }) {
  const t = useTranslations("organizer.wallets");
  const [pending, setPending] = useState(false);

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (pending) return;
    const form = event.currentTarget;
    const given = new FormData(form);
    const sign = given.get("direction") === "take" ? -1 : 1;
    setPending(true);
    if (await onAdjust(sign * Number(given.get("amount")), String(given.get("reason")).trim())) form.reset();
    setPending(false);
  }

  return (
    <form onSubmit={submit} className="space-y-5 border-line border-t pt-6">
      <div className="grid gap-5 sm:grid-cols-2">
        <Field id="direction" label={t("direction")}>
          <Select {...fieldProps("direction")} name="direction" defaultValue="add">
            <option value="add">{t("add")}</option>
            <option value="take">{t("take")}</option>
          </Select>
        </Field>
        <Field id="amount" label={t("amount")}>
          <Input
            {...fieldProps("amount")}
            name="amount"
            type="number"
            inputMode="numeric"
            min={1}
            max={ADJUSTMENT_MAX}
            step={1}
            required
          />
        </Field>
      </div>
      <Field id="reason" label={t("reason")} hint={t("reasonHint")}>
        <Input
          {...fieldProps("reason", { hint: true })}
          name="reason"
          autoComplete="off"
          minLength={3}
          maxLength={200}
          required
        />
      </Field>
      <Button type="submit" pending={pending}>
        {t("submit")}
      </Button>
    </form>
  );
}
