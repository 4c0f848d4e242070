"use client";

import { useTranslations } from "next-intl";
import { useState } from "react";
import { ProblemPage } from "@/components/problem-text";
import { Card } from "@/components/ui/card";
import { Money } from "@/components/ui/money";
import { PageHeading } from "@/components/ui/page-heading";
import { Skeleton } from "@/components/ui/skeleton";
import { TopUpForm } from "./top-up-form";
import { TopUpReturn } from "./top-up-return";
import { useMoney } from "./use-money";
import { useWallet } from "./use-wallet";
import { WalletEntries } from "./wallet-entries";

/** The wallet: balance, topping up, and where the money went. */
export function WalletView() {
  const t = useTranslations("wallet");
  const money = useMoney();
  const wallet = useWallet();
  const [added, setAdded] = useState<number | null>(null);

  if (wallet.isError && !wallet.data) {
    return (
      <div className="page-narrow">
        <ProblemPage error={wallet.error} onRetry={() => wallet.refetch()} here="/wallet" />
      </div>
    );
  }
  return (
    <div className="page-width pb-20">
      <PageHeading title={t("title")} lead={t("lead")} />
      <div className="grid items-start gap-8 lg:grid-cols-[26rem_1fr] lg:gap-14">
        <Card className="space-y-7">
          <div>
            <h2 className="font-semibold text-muted text-sm">{t("balance")}</h2>
            {wallet.data ? (
              <p className="mt-1 font-extrabold text-[clamp(2.25rem,9vw,3rem)] leading-tight tracking-[-0.04em]">
                <Money amount={wallet.data.balance} currency={wallet.data.currency} />
              </p>
            ) : (
              <Skeleton className="mt-2 h-12 w-48" />
            )}
            <p role="status" className="mt-1 font-medium text-good text-sm empty:hidden">
              {added !== null && t("topUp.done", { amount: money(added) })}
            </p>
          </div>
          <TopUpReturn />
          <TopUpForm onDone={setAdded} />
        </Card>
        <WalletEntries />
      </div>
    </div>
  );
}
