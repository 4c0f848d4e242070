"use client";

import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { read } from "@/components/api-client";
import { clockText } from "@/components/clock-text";
import { LastMinute } from "@/components/last-minute";
import { RefundSome } from "@/components/payment/refund-some";
import { serverClock } from "@/components/server-clock";
import { Badge } from "@/components/ui/badge";
import { Button, LinkButton } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { DateTime } from "@/components/ui/date-time";
import { Money } from "@/components/ui/money";
import { Skeleton } from "@/components/ui/skeleton";
import { useCountdown } from "@/components/use-countdown";
import type { Reservation } from "@/lib/booking/schema";
import { ReservationBadge } from "./reservation-badge";
import { GiveUp } from "./reservation-give-up";

type Concert = {
  slug: string;
  title: string;
  venue: { name: string; timeZone: string };
  refundUntilHours: number;
  performances: { id: string; startsAt: string }[];
};

const HOUR_MS = 3_600_000;

/** One reservation: what, where it stands, and what can still be done about it. */
export function ReservationCard({ reservation }: { reservation: Reservation }) {
  const t = useTranslations("payment");
  const common = useTranslations("common");
  const [asking, setAsking] = useState(false);
  const [choosing, setChoosing] = useState(false);
  const { concertId, seats, refundedSeats, amount, currency } = reservation;
  const concert = useQuery({
    queryKey: ["concert", concertId],
    queryFn: ({ signal }) => read<Concert>(`/concerts/${concertId}`, { signal }),
    staleTime: 60_000,
  }).data;
  const left = useCountdown(reservation.status === "held" ? reservation.expiresAt : null);
  const status = reservation.status === "held" && left === 0 ? "expired" : reservation.status;
  const startsAt = concert?.performances.find(({ id }) => id === reservation.performanceId)?.startsAt;
  const refundUntil =
    concert && startsAt ? new Date(Date.parse(startsAt) - concert.refundUntilHours * HOUR_MS) : undefined;
  const canRefund = status === "paid" && refundUntil !== undefined && serverClock.now() < refundUntil.getTime();

  return (
    <Card className={status === "held" ? "border-warn" : ""}>
      <div className="flex flex-wrap items-center justify-between gap-2">
        <span className="flex flex-wrap gap-2">
          <ReservationBadge status={status} />
          {status === "held" && reservation.offered && <Badge tone="good">{t("offer.badge")}</Badge>}
        </span>
        {status === "held" && left !== null && (
          <p className="font-bold text-warn tabular-nums">{t("leftToPay", { time: clockText(left) })}</p>
        )}
      </div>
      {reservation.status === "held" && <LastMinute left={left}>{t("clock.announce")}</LastMinute>}
      <h2 className="mt-3 text-heading">{concert ? concert.title : <Skeleton className="h-7 w-56" />}</h2>
      {concert && (
        <p className="mt-0.5 text-muted">
          {startsAt && <DateTime at={startsAt} timeZone={concert.venue.timeZone} />}
          {startsAt && " · "}
          {concert.venue.name}
        </p>
      )}
      <ul className="mt-4 space-y-0.5">
        {seats.map((seat) => (
          <li key={seat.id}>
            {common("seat", { section: seat.section, row: seat.row, number: seat.number })}
            <span className="text-muted"> · {seat.tier}</span>
          </li>
        ))}
      </ul>
      {refundedSeats.length > 0 && (
        <ul aria-label={t("refundSome.done")} className="mt-2 space-y-0.5 text-muted text-sm">
          {refundedSeats.map((seat) => (
            <li key={seat.id}>
              {t("refundSome.seat", {
                seat: common("seat", { section: seat.section, row: seat.row, number: seat.number }),
              })}
            </li>
          ))}
        </ul>
      )}
      <p className="mt-3 font-bold text-lg">
        <Money amount={amount} currency={currency} />
      </p>
      {(status === "held" || status === "paid") && (
        <div className="mt-5 flex flex-wrap gap-2">
          {status === "held" && (
            <LinkButton
              href={{
                pathname: `/concerts/${concert?.slug ?? concertId}/checkout`,
                query: { reservation: reservation.id },
              }}
              variant="primary"
            >
              {reservation.offered ? t("offer.accept") : t("goPay")}
            </LinkButton>
          )}
          {status === "paid" && (
            <LinkButton href="/tickets" variant="solid">
              {t("paid.toTickets")}
            </LinkButton>
          )}
          {canRefund && seats.length > 1 && (
            <Button variant="outline" onClick={() => setChoosing(true)}>
              {t("refundSome.action")}
            </Button>
          )}
          {(status === "held" || canRefund) && (
            <Button variant="outline" onClick={() => setAsking(true)}>
              {status === "paid" ? t("giveUp.refund") : reservation.offered ? t("offer.decline") : t("giveUp.release")}
            </Button>
          )}
        </div>
      )}
      {status === "paid" && concert && refundUntil && (
        <p className="mt-4 text-muted text-sm">
          {canRefund ? t("refundUntil") : t("refundOver")}{" "}
          <DateTime at={refundUntil} timeZone={concert.venue.timeZone} />
        </p>
      )}
      {canRefund && <RefundSome open={choosing} onClose={() => setChoosing(false)} reservation={reservation} />}
      <GiveUp
        open={asking && (status === "held" || status === "paid")}
        onClose={() => setAsking(false)}
        reservation={reservation}
        refundUntilHours={concert?.refundUntilHours}
      />
    </Card>
  );
}
