"use client";

import { useTranslations } from "next-intl";
import { useEffect, useRef, useState } from "react";
import { clockText } from "@/components/clock-text";
import { WARN_SECONDS } from "@/components/last-minute";
import { Button } from "@/components/ui/button";
import { Money } from "@/components/ui/money";
import { Notice } from "@/components/ui/notice";
import { Skeleton } from "@/components/ui/skeleton";
import { TopUpForm } from "@/components/wallet/top-up-form";
import { TopUpReturn } from "@/components/wallet/top-up-return";
import { useMoney } from "@/components/wallet/use-money";
import { useWallet } from "@/components/wallet/use-wallet";
import type { Reservation } from "@/lib/booking/schema";
import type { CheckoutConcert } from "./checkout-concert";
import { PayProblem } from "./pay-problem";
import type { usePay } from "./use-pay";

type PayPanelProps = {
  reservation: Reservation;
  concert: CheckoutConcert;
  pay: ReturnType<typeof usePay>;
  /** Seconds that the hold still lasts. */
  left: number | null;
};

/** The wallet against the price: pays when there is enough, tops up right here when there is not. */
export function PayPanel({ reservation, concert, pay, left }: PayPanelProps) {
  const t = useTranslations("payment");
  const common = useTranslations("common");
  const money = useMoney();
  const wallet = useWallet();
  const [added, setAdded] = useState<number | null>(null);
  const payButton = useRef<HTMLButtonElement>(null);
  const { amount, currency } = reservation;
  const balance = wallet.data?.balance;
  const missing = balance === undefined ? 0 : Math.max(0, amount - balance);

  useEffect(() => {
    // The form that had the focus is gone now; what comes next takes it.
    if (added !== null && missing === 0) payButton.current?.focus();
  }, [added, missing]);

  return (
    <div className="space-y-5">
      <div className="flex items-baseline justify-between gap-4">
        <h2 className="text-heading">{t("payWith")}</h2>
        {/* The large clock has scrolled away on a phone by the time this is read. */}
        {left !== null && (
          <span
            aria-hidden="true"
            className={`font-bold tabular-nums lg:hidden ${left <= WARN_SECONDS ? "text-warn" : "text-accent-ink"}`}
          >
            {clockText(left)}
          </span>
        )}
      </div>
      <dl className="space-y-2">
        <Line name={t("balance")} value={balance} currency={currency} />
        <Line name={t("price")} value={amount} currency={currency} />
        <div className="flex justify-between gap-4 border-line border-t pt-3 font-bold">
          <dt>{missing > 0 ? t("missing") : t("after")}</dt>
          <dd className={missing > 0 ? "text-bad" : ""}>
            {balance === undefined ? (
              "–"
            ) : (
              <Money amount={missing > 0 ? missing : balance - amount} currency={currency} />
            )}
          </dd>
        </div>
      </dl>
      <p role="status" className="font-medium text-good text-sm empty:hidden">
        {added !== null && t("added", { amount: money(added, currency) })}
      </p>
      {wallet.isError && balance === undefined && (
        <Notice tone="error" title={t("walletUnread")}>
          <Button variant="outline" size="sm" className="mt-2" onClick={() => wallet.refetch()}>
            {common("retry")}
          </Button>
        </Notice>
      )}
      <PayProblem error={pay.error} concert={concert} />
      <TopUpReturn />
      {missing > 0 && <TopUpForm key={missing} missing={missing} onDone={setAdded} />}
      {missing === 0 && (
        <Button
          ref={payButton}
          variant="primary"
          size="lg"
          block
          pending={pay.isPending}
          disabled={balance === undefined}
          onClick={() => pay.mutate()}
        >
          {pay.isPending ? t("paying") : t("pay", { amount: money(amount, currency) })}
        </Button>
      )}
    </div>
  );
}

function Line({ name, value, currency }: { name: string; value: number | undefined; currency: string }) {
  return (
    <div className="flex justify-between gap-4">
      <dt className="text-muted">{name}</dt>
      <dd className="font-semibold">
        {value === undefined ? <Skeleton className="h-6 w-24" /> : <Money amount={value} currency={currency} />}
      </dd>
    </div>
  );
}
