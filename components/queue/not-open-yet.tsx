"use client";

import { useTranslations } from "next-intl";
import { useEffect } from "react";
import { DateTime } from "@/components/ui/date-time";
import { useCountdown } from "@/components/use-countdown";
import { BigClock } from "./big-clock";
import type { RoomConcert } from "./room-concert";

/** The sale has not opened: counts down and joins by itself. */
export function NotOpenYet({ concert, onOpen }: { concert: RoomConcert; onOpen: () => void }) {
  const t = useTranslations("queue.early");
  const left = useCountdown(concert.saleOpensAt);
  useEffect(() => {
    if (left === 0) onOpen();
  }, [left, onOpen]);
  return (
    <section className="pt-8 sm:pt-10">
      <h1 className="font-semibold text-lg text-muted">{t("title")}</h1>
      {left !== 0 && <BigClock seconds={left} label={t("countdown")} />}
      <p className="mt-4 text-lg">
        <DateTime at={concert.saleOpensAt} timeZone={concert.venue.timeZone} />
      </p>
      <p className="mt-3 text-muted">{t("text")}</p>
    </section>
  );
}
