"use client";

import { CalendarDays, List, Map as MapIcon } from "lucide-react";
import { useLocale, useTranslations } from "next-intl";
import { ShoppingTime } from "@/components/queue/shopping-time";
import { Button, LinkButton } from "@/components/ui/button";
import { formatDate } from "@/components/ui/format-date";
import type { SaleConcert } from "./sale-concert";

type Props = {
  concert: SaleConcert;
  startsAt: string;
  isChange: boolean;
  asList: boolean;
  onAsList: (asList: boolean) => void;
};

/** What is being chosen and for when, and the other ways to choose. */
export function SeatsHeading({ concert, startsAt, isChange, asList, onAsList }: Props) {
  const t = useTranslations("booking.seats");
  const locale = useLocale();
  return (
    <>
      <div className="flex items-center justify-between gap-4">
        <p className="min-w-0 truncate text-muted text-sm">
          <b className="text-ink">{concert.title}</b>
          <span aria-hidden="true"> · </span>
          {formatDate(startsAt, { locale, timeZone: concert.venue.timeZone, style: "short" })}
        </p>
        <span className="shrink-0">
          <ShoppingTime concertId={concert.id} />
        </span>
      </div>
      <div className="flex items-center justify-between gap-3">
        <h1 className="min-w-0 text-heading">{isChange ? t("changeTitle") : t("title")}</h1>
        <div className="-mr-3 flex shrink-0 items-center lg:mr-0 lg:gap-2">
          <Button variant="ghost" size="sm" className="px-3" onClick={() => onAsList(!asList)}>
            {asList ? (
              <MapIcon aria-hidden="true" className="size-4" />
            ) : (
              <List aria-hidden="true" className="size-4" />
            )}
            {asList ? t("asMap") : t("asList")}
          </Button>
          {concert.performances.length > 1 && !isChange && (
            <LinkButton variant="ghost" size="sm" className="px-3" href={`/concerts/${concert.slug}/dates`}>
              <CalendarDays aria-hidden="true" className="size-4" />
              <span className="max-sm:sr-only">{t("otherDate")}</span>
            </LinkButton>
          )}
        </div>
      </div>
    </>
  );
}
