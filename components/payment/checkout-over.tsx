"use client";

import { useTranslations } from "next-intl";
import { LinkButton } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import type { ReservationStatus } from "@/db/constants";
import type { CheckoutConcert } from "./checkout-concert";

type CheckoutOverProps = { status: Exclude<ReservationStatus, "held" | "paid">; concert: CheckoutConcert };

/** There is nothing to pay any more: why, and how to start again. */
export function CheckoutOver({ status, concert }: CheckoutOverProps) {
  const t = useTranslations("payment");
  return (
    <div className="page-narrow pt-8 pb-20">
      <h1 className="mb-6 text-title">{t("title")}</h1>
      <div role="alert">
        <EmptyState
          title={t(`over.${status}.title`)}
          action={
            <div className="flex flex-wrap justify-center gap-2">
              <LinkButton href={`/concerts/${concert.slug}/dates`} variant="primary">
                {t("pickAgain")}
              </LinkButton>
              <LinkButton href="/reservations" variant="outline">
                {t("toReservations")}
              </LinkButton>
            </div>
          }
        >
          {t(`over.${status}.text`)}
        </EmptyState>
      </div>
    </div>
  );
}
