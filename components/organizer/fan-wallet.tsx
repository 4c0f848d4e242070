"use client";

import { useTranslations } from "next-intl";
import { type FormEvent, useState } from "react";
import { carryOut, read } from "@/components/api-client";
import { isProblem } from "@/components/api-problem";
import { useProblemText } from "@/components/problem-text";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { DateTime } from "@/components/ui/date-time";
import { Field, fieldProps, Input } from "@/components/ui/field";
import { Money } from "@/components/ui/money";
import { Notice } from "@/components/ui/notice";
import { useMoney } from "@/components/wallet/use-money";
import type { Wire } from "@/components/wire";
import { WALLET_TIME_ZONE } from "@/lib/wallet/rules";
import type { FansWallet } from "@/lib/wallet/schema";
import { AdjustmentForm } from "./adjustment-form";

type Outcome = { tone: "info" | "error"; text: string };

/** Finds a fan's wallet by e-mail address and corrects it. */
export function FanWallet() {
  const t = useTranslations("organizer.wallets");
  const kinds = useTranslations("wallet.history");
  const money = useMoney();
  const problemText = useProblemText();
  const [found, setFound] = useState<Wire<FansWallet> | null>(null);
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const [pending, setPending] = useState(false);

  const look = (email: string) => read<Wire<FansWallet>>(`/admin/wallets?email=${encodeURIComponent(email)}`);

  async function find(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (pending) return;
    const email = String(new FormData(event.currentTarget).get("email") ?? "").trim();
    setPending(true);
    setFound(null);
    setOutcome(null);
    try {
      setFound(await look(email));
    } catch (error) {
      const unknown = isProblem(error, "not_found", "invalid_request");
      setOutcome({ tone: "error", text: unknown ? t("unknown") : problemText(error) });
    }
    setPending(false);
  }

  async function adjust(amount: number, reason: string): Promise<boolean> {
    if (!found) return false;
    try {
      await carryOut(`/admin/wallets/${found.userId}/adjustments`, { method: "POST", body: { amount, reason } });
      setOutcome({ tone: "info", text: t("done", { amount: money(amount) }) });
      setFound(await look(found.email));
      return true;
    } catch (error) {
      const short = isProblem(error, "insufficient_balance") && t("short");
      const full = isProblem(error, "balance_limit_exceeded") && t("full");
      const wrong = isProblem(error, "invalid_request") && t("invalid");
      setOutcome({ tone: "error", text: short || full || wrong || problemText(error) });
      return false;
    }
  }

  return (
    <div className="max-w-2xl space-y-8">
      <form onSubmit={find} className="flex flex-wrap items-end gap-3">
        <div className="min-w-64 flex-1">
          <Field id="email" label={t("email")}>
            <Input {...fieldProps("email")} name="email" type="email" autoComplete="off" required maxLength={254} />
          </Field>
        </div>
        <Button type="submit" pending={pending}>
          {t("find")}
        </Button>
      </form>
      <div aria-live="polite">{outcome && <Notice tone={outcome.tone}>{outcome.text}</Notice>}</div>
      {found && (
        <Card className="space-y-7">
          <div>
            <h2 className="text-heading">{found.name}</h2>
            <p className="text-muted">{found.email}</p>
            <p className="mt-3 font-extrabold text-3xl">
              <Money amount={found.balance} currency={found.currency} />
            </p>
            {found.owed > 0 && <p className="mt-1 text-warn">{t("owed", { amount: money(found.owed) })}</p>}
          </div>
          <AdjustmentForm key={found.userId} onAdjust={adjust} />
          <section aria-labelledby="last-movements">
            <h3 id="last-movements" className="font-semibold">
              {t("last")}
            </h3>
            {found.entries.length === 0 && <p className="mt-2 text-muted">{kinds("empty")}</p>}
            <ul className="mt-2 divide-y divide-line">
              {found.entries.map((entry) => (
                <li key={entry.id} className="flex justify-between gap-4 py-3">
                  <div className="min-w-0">
                    <p>{kinds(entry.kind)}</p>
                    {entry.reason && <p className="text-sm [overflow-wrap:anywhere]">{entry.reason}</p>}
                    <p className="text-muted text-sm">
                      <DateTime at={entry.createdAt} timeZone={WALLET_TIME_ZONE} />
                    </p>
                  </div>
                  <p className="shrink-0 text-right font-semibold">
                    <Money amount={entry.amount} />
                    <span className="block font-normal text-muted text-sm">
                      {kinds("after")} <Money amount={entry.balanceAfter} />
                    </span>
                  </p>
                </li>
              ))}
            </ul>
          </section>
        </Card>
      )}
    </div>
  );
}
