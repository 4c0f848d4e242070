"use client";

import { useQuery } from "@tanstack/react-query";
import { ChevronRight } from "lucide-react";
import { useLocale, useTranslations } from "next-intl";
import { useEffect } from "react";
import { OfflineNotice } from "@/components/offline-notice";
import { ProblemPage } from "@/components/problem-text";
import { GateProblem, isGateProblem } from "@/components/queue/gate-problem";
import { ShoppingTime } from "@/components/queue/shopping-time";
import { LinkButton } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { formatDate } from "@/components/ui/format-date";
import { Notice } from "@/components/ui/notice";
import { Skeleton } from "@/components/ui/skeleton";
import { Link, useRouter } from "@/i18n/navigation";
import { HeldNotice } from "./held-notice";
import type { SaleConcert } from "./sale-concert";
import { performancesQuery } from "./sale-queries";

/** The dates still to come. Reading them takes the fan's turn up; a concert with one date goes on to its seats. */
export function Dates({ concert }: { concert: SaleConcert }) {
  const t = useTranslations("booking.dates");
  const common = useTranslations("common");
  const locale = useLocale();
  const router = useRouter();
  const { data, error, refetch } = useQuery(performancesQuery(concert.id));
  const only = data?.items.length === 1 ? data.items[0] : undefined;

  useEffect(() => {
    if (only && only.seatsLeft > 0) router.replace(seatsOf(concert.slug, only.id));
  }, [only, concert.slug, router]);

  if (!data && error) {
    if (isGateProblem(error)) return <GateProblem error={error} slug={concert.slug} />;
    return (
      <div className="page-narrow">
        <ProblemPage error={error} onRetry={() => void refetch()} here={`/concerts/${concert.slug}/dates`} />
      </div>
    );
  }
  if (isGateProblem(error)) return <GateProblem error={error} slug={concert.slug} />;
  return (
    <div className="page-narrow pt-6 pb-20 sm:pt-12">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <p className="font-semibold text-muted text-sm">
          {concert.title}
          <span aria-hidden="true"> · </span>
          {concert.venue.name}
        </p>
        <ShoppingTime concertId={concert.id} />
      </div>
      <h1 className="mt-6 text-title">{t("title")}</h1>
      <OfflineNotice className="mt-5" />
      <HeldNotice concertId={concert.id} slug={concert.slug} className="mt-5" />
      {!data ? (
        <div role="status" aria-label={common("loading")} className="mt-7 space-y-3">
          {concert.performances.slice(0, 4).map(({ id }) => (
            <Skeleton key={id} className="h-24 w-full" />
          ))}
        </div>
      ) : data.items.length === 0 ? (
        <div className="mt-7">
          <EmptyState title={t("emptyTitle")}>{t("empty")}</EmptyState>
        </div>
      ) : (
        <>
          {data.items.every(({ seatsLeft }) => seatsLeft === 0) && (
            <Notice tone="warn" className="mt-7" title={t("soldOutTitle")}>
              {t("soldOutText")}
            </Notice>
          )}
          <ul className="mt-7 space-y-3">
            {data.items.map(({ id, startsAt, seatsLeft, seatsTotal }) => {
              const words = { locale, timeZone: concert.venue.timeZone };
              const body = (
                <>
                  <span className="min-w-0 flex-1">
                    <span className="block text-balance font-bold sm:text-lg">
                      {formatDate(startsAt, { ...words, style: "date" })}
                    </span>
                    <span className="block text-muted tabular-nums">
                      {formatDate(startsAt, { ...words, style: "time" })}
                    </span>
                    <span aria-hidden="true" className="mt-3 block h-1.5 overflow-hidden rounded-full bg-sunken">
                      <span
                        className="block h-full rounded-full bg-accent"
                        style={{ width: `${seatsTotal > 0 ? (seatsLeft / seatsTotal) * 100 : 0}%` }}
                      />
                    </span>
                  </span>
                  <span className="text-right">
                    <span className={`block font-semibold tabular-nums ${seatsLeft === 0 ? "text-muted" : ""}`}>
                      {t("left", { count: seatsLeft })}
                    </span>
                    <span className="block text-muted text-sm tabular-nums">{t("of", { count: seatsTotal })}</span>
                  </span>
                </>
              );
              const look = "flex items-center gap-3 sm:gap-4 rounded-card border border-line bg-surface p-5 sm:p-6";
              return (
                <li key={id}>
                  {seatsLeft > 0 ? (
                    <Link
                      href={seatsOf(concert.slug, id)}
                      prefetch={false}
                      className={`${look} transition-colors hover:border-ink`}
                    >
                      {body}
                      <ChevronRight aria-hidden="true" className="size-5 shrink-0 text-muted" />
                    </Link>
                  ) : (
                    <div className={`${look} flex-wrap`}>
                      {body}
                      <LinkButton variant="outline" size="sm" block href={`/concerts/${concert.slug}/waitlist`}>
                        {t("waitlist")}
                      </LinkButton>
                    </div>
                  )}
                </li>
              );
            })}
          </ul>
        </>
      )}
    </div>
  );
}

const seatsOf = (slug: string, performanceId: string) => ({
  pathname: `/concerts/${slug}/seats`,
  query: { performance: performanceId },
});
