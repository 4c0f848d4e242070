"use client";

import { useTranslations } from "next-intl";
import { useCallback, useEffect, useState } from "react";
import { read } from "@/components/api-client";
import { StatusBadge } from "@/components/catalog/status-badge";
import { ProblemPage } from "@/components/problem-text";
import { LinkButton } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { DateTime } from "@/components/ui/date-time";
import { EmptyState } from "@/components/ui/empty-state";
import { Skeleton } from "@/components/ui/skeleton";
import type { ConcertStatus } from "@/lib/catalog/rules";

type Summary = {
  id: string;
  slug: string;
  title: string;
  artist: string;
  venue: { name: string; timeZone: string };
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

/** Every concert, with the way to its waiting room. */
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
      {concerts.map((concert) => (
        <li key={concert.id}>
          <Card className="flex flex-wrap items-center justify-between gap-4">
            <div className="min-w-0 space-y-1">
              <StatusBadge status={concert.status} />
              <h2 className="text-heading">{concert.title}</h2>
              <p className="text-muted">
                {concert.artist} · {concert.venue.name} ·{" "}
                <DateTime at={concert.firstStartsAt} timeZone={concert.venue.timeZone} />
              </p>
            </div>
            <LinkButton href={`/organizer/concerts/${concert.slug}`} variant="outline">
              {t("manage")}
            </LinkButton>
          </Card>
        </li>
      ))}
    </ul>
  );
}
