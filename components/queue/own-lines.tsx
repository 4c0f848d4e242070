"use client";

import { useQuery } from "@tanstack/react-query";
import { useLocale, useTranslations } from "next-intl";
import { useRef } from "react";
import { read } from "@/components/api-client";
import { clockText } from "@/components/clock-text";
import { LoadingRows } from "@/components/loading-rows";
import { ProblemPage } from "@/components/problem-text";
import { Badge } from "@/components/ui/badge";
import { LinkButton } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { PageHeading } from "@/components/ui/page-heading";
import { useCountdown } from "@/components/use-countdown";
import { Link } from "@/i18n/navigation";
import type { OwnLine } from "@/lib/queue/schema";
import { mayMissOut } from "./place";
import { memorisePlace, recallPlace } from "./place-storage";
import { nextLook, steadyLines } from "./steady-lines";
import { Wait } from "./wait";

/** Every line that the fan stands in, with its place as it moves. */
export function OwnLines() {
  const t = useTranslations("queue.lines");
  const common = useTranslations("common");
  const shown = useRef<OwnLine[] | undefined>(undefined);
  const lines = useQuery({
    queryKey: ["lines"],
    queryFn: async ({ signal }) => {
      const { items } = await read<{ items: OwnLine[] }>("/queue", { signal });
      shown.current = steadyLines(shown.current, items, { recall: recallPlace, memorise: memorisePlace });
      return shown.current;
    },
    refetchInterval: ({ state }) => nextLook(state.data) * (0.9 + Math.random() * 0.2),
  });
  if (lines.isError && !lines.data) {
    return (
      <div className="page-narrow">
        <ProblemPage error={lines.error} onRetry={() => lines.refetch()} here="/lines" />
      </div>
    );
  }
  return (
    <div className="page-narrow pb-20">
      <PageHeading title={t("title")} />
      {!lines.data && <LoadingRows className="h-40" />}
      {lines.data?.length === 0 && (
        <EmptyState
          title={t("emptyTitle")}
          action={
            <LinkButton href="/" variant="primary">
              {common("toConcerts")}
            </LinkButton>
          }
        >
          {t("empty")}
        </EmptyState>
      )}
      <ul className="space-y-4">
        {lines.data?.map((line) => (
          <li key={line.concert.id}>
            <OwnPlace line={line} />
          </li>
        ))}
      </ul>
    </div>
  );
}

function OwnPlace({ line: { concert, queue } }: { line: OwnLine }) {
  const t = useTranslations("queue.lines");
  const q = useTranslations("queue");
  const locale = useLocale();
  const number = (value: number) => new Intl.NumberFormat(locale).format(value);
  const opensIn = useCountdown(queue.status === "lobby" ? queue.opensAt : null);
  const left = useCountdown(queue.status === "admitted" ? queue.admittedUntil : null);
  return (
    <article className="rounded-card border border-line bg-surface p-5 sm:p-6">
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="min-w-0">
          <Badge tone={queue.status === "admitted" ? "accent" : "neutral"}>{t(`status.${queue.status as Live}`)}</Badge>
          <h2 className="mt-2.5 font-bold text-xl leading-snug">
            <Link href={`/concerts/${concert.slug}`} className="underline-offset-4 hover:underline">
              {concert.title}
            </Link>
          </h2>
          <p className="text-muted text-sm">{concert.venue.name}</p>
        </div>
        {queue.position !== null && (
          <p className="text-right">
            <span className="block text-muted text-sm">{q("waiting.title")}</span>
            <span className="font-extrabold text-4xl tabular-nums tracking-tight">{number(queue.position)}</span>
          </p>
        )}
        {queue.status === "admitted" && left !== null && (
          <p role="timer" className="font-extrabold text-4xl text-accent-ink tabular-nums tracking-tight">
            {clockText(left)}
          </p>
        )}
      </div>
      {queue.status === "waiting" && (
        <dl className="mt-4 flex flex-wrap gap-x-8 gap-y-2 text-sm">
          <div>
            <dt className="text-muted">{q("waiting.wait")}</dt>
            <dd className="font-semibold tabular-nums">
              <Wait view={queue} />
            </dd>
          </div>
          <div>
            <dt className="text-muted">{q("waiting.seatsLeft")}</dt>
            <dd className="font-semibold tabular-nums">{q("seats", { count: Math.max(0, queue.seatsLeft) })}</dd>
          </div>
        </dl>
      )}
      {queue.status === "lobby" && opensIn !== null && opensIn > 0 && opensIn < 86_400 && (
        <p className="mt-4 text-sm tabular-nums">{t("opensIn", { clock: clockText(opensIn) })}</p>
      )}
      {queue.deferred && <p className="mt-4 text-muted text-sm">{q("deferred.text")}</p>}
      {queue.seatsLeft <= 0 && <p className="mt-4 font-semibold text-sm">{q("soldOut.title")}</p>}
      {mayMissOut(queue) && <p className="mt-4 font-semibold text-sm">{q("missOut.title")}</p>}
      <LinkButton
        href={`/concerts/${concert.slug}/${queue.status === "admitted" ? "dates" : "queue"}`}
        variant={queue.status === "admitted" ? "primary" : "outline"}
        className="mt-5"
      >
        {queue.status === "admitted" ? q("admitted.go") : t("open")}
      </LinkButton>
    </article>
  );
}

/** The list has live places only. */
type Live = "lobby" | "waiting" | "admitted";
