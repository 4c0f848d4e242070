"use client";

import { useTranslations } from "next-intl";
import { useState } from "react";
import { GiveUp } from "@/components/booking/reservation-give-up";
import { Button, LinkButton } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { DateTime } from "@/components/ui/date-time";
import { PageHeading } from "@/components/ui/page-heading";
import type { Reservation } from "@/lib/booking/schema";
import type { CheckoutConcert } from "./checkout-concert";
import { ExtendHold } from "./extend-hold";
import { HoldClock } from "./hold-clock";
import { PayPanel } from "./pay-panel";
import { SeatLines } from "./seat-lines";
import type { usePay } from "./use-pay";

type CheckoutHeldProps = {
  reservation: Reservation;
  concert: CheckoutConcert;
  pay: ReturnType<typeof usePay>;
  /** Seconds that the hold still lasts. */
  left: number | null;
};

/** Seats that are held: the clock, what they cost, and paying or giving them back. */
export function CheckoutHeld({ reservation, concert, pay, left }: CheckoutHeldProps) {
  const t = useTranslations("payment");
  const [asking, setAsking] = useState(false);
  const performance = concert.performances.find(({ id }) => id === reservation.performanceId);
  const { offered, extensions } = reservation;
  const whole =
    extensions > 0
      ? concert.holdSeconds
      : (Date.parse(reservation.expiresAt) - Date.parse(reservation.createdAt)) / 1000;
  return (
    <div className="page-width pb-20">
      <PageHeading eyebrow={concert.title} title={t("title")} />
      <div className="grid items-start gap-6 lg:grid-cols-[1fr_25rem] lg:gap-10">
        <div className="space-y-7">
          <HoldClock left={left} whole={whole} />
          {offered && <p className="text-muted">{t("offer.text")}</p>}
          <ExtendHold reservation={reservation} concert={concert} left={left} />
          <section aria-labelledby="your-seats">
            <h2 id="your-seats" className="text-heading">
              {t("seats")}
            </h2>
            <p className="mt-1 mb-4 text-muted">
              {performance && <DateTime at={performance.startsAt} timeZone={concert.venue.timeZone} />}
              {performance && " · "}
              {concert.venue.name}
            </p>
            <SeatLines reservation={reservation} />
            {!offered && (
              <LinkButton
                variant="outline"
                size="sm"
                className="mt-4"
                href={{
                  pathname: `/concerts/${concert.slug}/seats`,
                  query: { performance: reservation.performanceId, reservation: reservation.id },
                }}
              >
                {t("changeSeats")}
              </LinkButton>
            )}
          </section>
        </div>
        <Card className="lg:sticky lg:top-24">
          <PayPanel reservation={reservation} concert={concert} pay={pay} left={left} />
          <Button
            variant="ghost"
            block
            className="mt-2 text-muted"
            disabled={pay.isPending}
            onClick={() => setAsking(true)}
          >
            {offered ? t("offer.decline") : t("giveUp.release")}
          </Button>
          <p className="mt-4 border-line border-t pt-4 text-muted text-sm leading-relaxed">
            {t("rule", { hours: concert.refundUntilHours })}
          </p>
        </Card>
      </div>
      <GiveUp
        open={asking}
        onClose={() => setAsking(false)}
        reservation={reservation}
        refundUntilHours={concert.refundUntilHours}
      />
    </div>
  );
}
