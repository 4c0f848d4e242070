"use client";

import { useQuery } from "@tanstack/react-query";
import { useSearchParams } from "next/navigation";
import { useTranslations } from "next-intl";
import { useEffect } from "react";
import { read } from "@/components/api-client";
import { LoadingRows } from "@/components/loading-rows";
import { ProblemPage } from "@/components/problem-text";
import { LinkButton } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { useCountdown } from "@/components/use-countdown";
import type { Reservation } from "@/lib/booking/schema";
import type { CheckoutConcert } from "./checkout-concert";
import { CheckoutHeld } from "./checkout-held";
import { CheckoutOver } from "./checkout-over";
import { Paid } from "./paid";
import { usePay } from "./use-pay";

/** The way from held seats to tickets; `?reservation=` says which. */
export function Checkout({ concert }: { concert: CheckoutConcert }) {
  const t = useTranslations("payment");
  const id = useSearchParams().get("reservation");
  if (id) return <ReservationCheckout key={id} id={id} concert={concert} />;
  return (
    <div className="page-narrow py-12">
      <EmptyState
        title={t("nothing.title")}
        action={
          <LinkButton href="/reservations" variant="primary">
            {t("toReservations")}
          </LinkButton>
        }
      >
        {t("nothing.text")}
      </EmptyState>
    </div>
  );
}

function ReservationCheckout({ id, concert }: { id: string; concert: CheckoutConcert }) {
  const path = `/concerts/${concert.id}/reservations/${encodeURIComponent(id)}`;
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ["reservation", id],
    queryFn: ({ signal }) => read<Reservation>(path, { signal }),
  });
  const pay = usePay(concert.id, id);
  const left = useCountdown(data?.status === "held" ? data.expiresAt : null);
  const timeIsUp = left === 0 && !pay.isPending;

  useEffect(() => {
    // Paid on another device in the last second, perhaps.
    if (timeIsUp) void refetch();
  }, [timeIsUp, refetch]);

  if (isPending) {
    return (
      <div className="page-width grid gap-8 pt-10 pb-20 lg:grid-cols-[1fr_25rem]">
        <LoadingRows />
      </div>
    );
  }
  if (!data) {
    const here = `/concerts/${concert.slug}/checkout?reservation=${encodeURIComponent(id)}`;
    return (
      <div className="page-narrow">
        <ProblemPage error={error} onRetry={() => refetch()} here={here} />
      </div>
    );
  }
  if (data.status === "paid") return <Paid reservation={data} payment={pay.data} concert={concert} />;
  if (data.status !== "held" || timeIsUp) {
    return <CheckoutOver status={data.status === "held" ? "expired" : data.status} concert={concert} />;
  }
  return <CheckoutHeld reservation={data} concert={concert} pay={pay} left={left} />;
}
