"use client";

import { useLocale, useTranslations } from "next-intl";
import { useState } from "react";
import { buttonClass } from "@/components/ui/button";
import { Field, fieldProps, Input } from "@/components/ui/field";
import { isStatementSpan, WALLET_TIME_ZONE } from "@/lib/wallet/rules";

const DAY_MS = 86_400_000;
/** A date as statements name it; the wallet's days are Korea's. */
const dayOf = (at: number) => new Intl.DateTimeFormat("sv-SE", { timeZone: WALLET_TIME_ZONE }).format(at);

/** The wallet's movements over some days as a table to keep; the last thirty days unless the fan chooses others. */
export function StatementForm() {
  const t = useTranslations("wallet.statement");
  const locale = useLocale();
  const [chosen, setChosen] = useState<{ from?: string; to?: string }>({});
  const [open, setOpen] = useState(false);
  // Only once it is opened: the page's bytes were made on another day.
  const now = open ? Date.now() : 0;
  const span = { from: chosen.from ?? dayOf(now - 29 * DAY_MS), to: chosen.to ?? dayOf(now) };
  const isGood = isStatementSpan(span);
  return (
    <details className="mt-8" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary className="flex min-h-11 cursor-pointer items-center font-semibold text-sm">{t("title")}</summary>
      {open && (
        <div className="mt-3 max-w-md space-y-4">
          <div className="grid gap-4 sm:grid-cols-2">
            {(["from", "to"] as const).map((name) => (
              <Field key={name} id={`statement-${name}`} label={t(name)}>
                <Input
                  {...fieldProps(`statement-${name}`)}
                  type="date"
                  value={span[name]}
                  max={dayOf(now)}
                  onChange={({ target }) => setChosen({ ...chosen, [name]: target.value })}
                />
              </Field>
            ))}
          </div>
          {isGood ? (
            <a
              href={`/api/wallet/statement.csv?from=${span.from}&to=${span.to}&locale=${locale}`}
              download
              className={buttonClass({ variant: "outline" })}
            >
              {t("download")}
            </a>
          ) : (
            <p role="alert" className="font-medium text-bad text-sm">
              {t("span")}
            </p>
          )}
        </div>
      )}
    </details>
  );
}
