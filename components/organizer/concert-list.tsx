"use client";

import { useTranslations } from "next-intl";
import { useCallback, useEffect, useState } from "react";
import { read } from "@/components/api-client";
import { StatusBadge } from "@/components/catalog/status-badge";
import { Poster } from "@/components/poster/poster";
import { ProblemPage } from "@/components/problem-text";
import { LinkButton } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { DateTime } from "@/components/ui/date-time";
import { EmptyState } from "@/components/ui/empty-state";
import { Skeleton } from "@/components/ui/skeleton";
import type { ConcertStatus } from "@/lib/catalog/rules";
import { ConcertNumbers } from "./concert-numbers";

type Summary = {
  id: string;
  slug: string;
  title: string;
  artist: string;
  venue: { name: string; timeZone: string };
  currency: string;
  firstStartsAt: string;
  status: ConcertStatus;
};
type Page = { items: Summary[]; nextCursor: string | null };

async function readAll(signal: AbortSignal): Promise<Summary[]> {
  const all: Summary[] = [];
  let cursor: string | null = null;
  do {
    const query: string = cursor ? `&cursor=${encodeURIComponent(cursor)}` : "";
    const page: Page = await read<Page>(`/admin/concerts?limit=100${query}`, { signal });
    all.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor);
  return all;
}

/** Further down the list numbers are not asked for: each reading counts a whole house. */
const LIVE_ROWS = 20;

/** Every concert with its numbers, and the way to its waiting room. */
export function ConcertList() {
  const t = useTranslations("organizer.list");
  const [concerts, setConcerts] = useState<Summary[] | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [attempt, setAttempt] = useState(0);
  const retry = useCallback(() => setAttempt((count) => count + 1), []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt reads again.
  useEffect(() => {
    const stop = new AbortController();
    setError(null);
    readAll(stop.signal).then(setConcerts, (problem) => stop.signal.aborted || setError(problem));
    return () => stop.abort();
  }, [attempt]);

  if (error) return <ProblemPage error={error} onRetry={retry} here="/organizer" />;
  if (!concerts) {
    return (
      <div aria-busy="true" className="space-y-3">
        {["a", "b", "c"].map((key) => (
          <Skeleton key={key} className="h-24 rounded-card" />
        ))}
      </div>
    );
  }
  if (concerts.length === 0) {
    return (
      <EmptyState title={t("empty")} action={<LinkButton href="/organizer/import">{t("import")}</LinkButton>}>
        {t("emptyText")}
      </EmptyState>
    );
  }
  return (
    <ul className="space-y-3">
      {concerts.map((concert, index) => (
        <li key={concert.id}>
          <Card className="flex flex-wrap items-center gap-x-6 gap-y-5">
            <Poster concert={concert} className="h-auto w-20 shrink-0 self-start rounded-lg sm:w-24" />
            <div className="min-w-0 flex-1 basis-40">
              <StatusBadge status={concert.status} />
              <h2 className="mt-2 text-heading">{concert.title}</h2>
              <p className="text-muted text-sm">
                {concert.artist} · {concert.venue.name}
                <br />
                <DateTime at={concert.firstStartsAt} timeZone={concert.venue.timeZone} />
              </p>
            </div>
            {index < LIVE_ROWS && <ConcertNumbers concertId={concert.id} currency={concert.currency} />}
            <LinkButton href={`/organizer/concerts/${concert.slug}`} variant="outline" className="max-sm:w-full">
              {t("manage")}
            </LinkButton>
          </Card>
        </li>
      ))}
    </ul>
  );
}
