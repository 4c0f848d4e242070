"use client";

import { useTranslations } from "next-intl";
import { isProblem } from "@/components/api-problem";
import { SignInNeeded, useProblemText } from "@/components/problem-text";
import { LinkButton } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { useMoney } from "@/components/wallet/use-money";
import type { CheckoutConcert } from "./checkout-concert";

/** Why a payment was refused, and the way on. The seats stay held in all of these. */
export function PayProblem({ error, concert }: { error: unknown; concert: CheckoutConcert }) {
  const t = useTranslations("payment.problem");
  const money = useMoney();
  const problemText = useProblemText();
  if (!error) return null;
  if (isProblem(error, "unauthenticated")) return <SignInNeeded here="/reservations" />;
  if (isProblem(error, "insufficient_balance")) {
    const { balance, required } = error.extra;
    const known = typeof balance === "number" && typeof required === "number";
    return (
      <Notice tone="error" title={t("shortTitle")}>
        {known && t("short", { missing: money(required - balance) })}
      </Notice>
    );
  }
  if (
    isProblem(
      error,
      "admission_expired",
      "queue_waiting",
      "queue_token_required",
      "queue_token_invalid",
      "queue_closed",
    )
  ) {
    return (
      <Notice tone="error" title={t("gateTitle")}>
        <p>{isProblem(error, "queue_waiting") ? t("gateWaiting") : t("gate")}</p>
        <LinkButton href={`/concerts/${concert.slug}/queue`} variant="outline" size="sm" className="mt-3">
          {t("toQueue")}
        </LinkButton>
      </Notice>
    );
  }
  if (isProblem(error) && error.isPassing) {
    return (
      <Notice tone="warn" live title={t("unsureTitle")}>
        {t("unsure")}
      </Notice>
    );
  }
  return (
    <Notice tone="error" title={t("title")}>
      {problemText(error)}
    </Notice>
  );
}
