"use client";

import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useEffect, useState } from "react";
import type { SaleConcert } from "@/components/booking/sale-concert";
import { LoadingRows } from "@/components/loading-rows";
import { OfflineNotice } from "@/components/offline-notice";
import { ProblemPage } from "@/components/problem-text";
import { serverClock } from "@/components/server-clock";
import { Card } from "@/components/ui/card";
import { DateTime } from "@/components/ui/date-time";
import { EmptyState } from "@/components/ui/empty-state";
import { Notice } from "@/components/ui/notice";
import { PageHeading } from "@/components/ui/page-heading";
import { JoinForm } from "./join-form";
import { WaitlistPlace } from "./waitlist-place";
import { isLive, waitlistQuery } from "./waitlist-query";

/** The waitlists of one concert's performances still to come: join one, or see how one's place stands. */
export function WaitlistPage({ concert }: { concert: SaleConcert }) {
  const t = useTranslations("waitlist");
  const { data, error, refetch } = useQuery(waitlistQuery());
  const [now, setNow] = useState<number | null>(null);
  useEffect(() => setNow(serverClock.now()), []);
  if (!data && error) {
    return (
      <div className="page-narrow">
        <ProblemPage error={error} onRetry={() => void refetch()} here={`/concerts/${concert.slug}/waitlist`} />
      </div>
    );
  }
  const ahead = now === null ? [] : concert.performances.filter(({ startsAt }) => Date.parse(startsAt) > now);
  return (
    <div className="page-narrow pb-20">
      <PageHeading eyebrow={concert.title} title={t("title")} />
      <p className="-mt-4 mb-8 max-w-prose text-muted">{t("text")}</p>
      <OfflineNotice className="mb-5" />
      {!data || now === null ? (
        <LoadingRows className="h-48" />
      ) : ahead.length === 0 ? (
        <EmptyState title={t("emptyTitle")}>{t("empty")}</EmptyState>
      ) : (
        <ul className="space-y-4">
          {ahead.map(({ id, startsAt }) => {
            const entry = data.items.find(({ performanceId }) => performanceId === id);
            return (
              <li key={id}>
                <Card>
                  <h2 className="mb-4 text-heading">
                    <DateTime at={startsAt} timeZone={concert.venue.timeZone} />
                  </h2>
                  {entry && isLive(entry) ? (
                    <WaitlistPlace entry={entry} slug={concert.slug} />
                  ) : (
                    <>
                      {(entry?.status === "lapsed" || entry?.status === "accepted") && (
                        <Notice className="mb-4">{t(`last.${entry.status}`)}</Notice>
                      )}
                      <JoinForm concert={concert} performanceId={id} />
                    </>
                  )}
                </Card>
              </li>
            );
          })}
        </ul>
      )}
    </div>
  );
}
