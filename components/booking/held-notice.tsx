"use client";

import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { clockText } from "@/components/clock-text";
import { LastMinute, WARN_SECONDS } from "@/components/last-minute";
import { LinkButton } from "@/components/ui/button";
import { useCountdown } from "@/components/use-countdown";
import { latestReservationsQuery } from "./sale-queries";

/** Leads a fan who came back from checkout to the seats that are still held. */
export function HeldNotice({
  concertId,
  slug,
  className = "",
}: {
  concertId: string;
  slug: string;
  className?: string;
}) {
  const t = useTranslations("booking.held");
  const { data } = useQuery(latestReservationsQuery());
  const held = data?.items.find((one) => one.concertId === concertId && one.status === "held");
  const left = useCountdown(held?.expiresAt);
  if (!held || !left) return null;
  const wash = left <= WARN_SECONDS ? "bg-warn-wash" : "bg-accent-wash";
  return (
    <div className={`flex flex-wrap items-center justify-between gap-3 rounded-control p-4 ${wash} ${className}`}>
      <LastMinute left={left}>{t("lastMinute")}</LastMinute>
      <div>
        <p className="font-semibold">{t("title")}</p>
        <p className="text-[0.9375rem] tabular-nums">
          {t("text", { count: held.seats.length, left: clockText(left) })}
        </p>
      </div>
      <LinkButton size="sm" href={{ pathname: `/concerts/${slug}/checkout`, query: { reservation: held.id } }}>
        {t("action")}
      </LinkButton>
    </div>
  );
}
