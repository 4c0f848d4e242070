"use client";

import { useTranslations } from "next-intl";
import { useEffect, useState } from "react";
import { isProblem } from "@/components/api-problem";
import { ProblemPage } from "@/components/problem-text";
import { LinkButton } from "@/components/ui/button";
import { DateTime } from "@/components/ui/date-time";
import { EmptyState } from "@/components/ui/empty-state";
import { Notice } from "@/components/ui/notice";
import { Skeleton } from "@/components/ui/skeleton";
import { Link } from "@/i18n/navigation";
import type { DrawFacts } from "@/lib/queue/draw-rules";
import { canHash } from "./browser-sha256";
import { type DrawNotes, noteDraw, recallDraw } from "./draw-notes";
import { OwnPlace } from "./own-place";
import { useDraw } from "./use-draw";
import { WholeDraw } from "./whole-draw";

export type DrawnConcert = { id: string; slug: string; title: string; timeZone: string };

/** How a sale's lobby is drawn, what is published of it, and the means to check it without believing anybody. */
export function DrawView({ concert }: { concert: DrawnConcert }) {
  const t = useTranslations("draw");
  const draw = useDraw(concert.id);
  return (
    <div className="page-narrow pt-6 pb-20 sm:pt-12">
      <p className="font-semibold text-muted text-sm">
        <Link href={`/concerts/${concert.slug}`} className="underline-offset-4 hover:underline">
          {concert.title}
        </Link>
      </p>
      <h1 className="mt-3 text-title">{t("title")}</h1>
      <p className="mt-4 max-w-prose text-lg text-muted leading-relaxed">{t("lead")}</p>
      <ol className="mt-8 space-y-4">
        {(["seal", "list", "order", "open"] as const).map((step, at) => (
          <li key={step} className="flex gap-4">
            <span className="grid size-7 shrink-0 place-items-center rounded-full bg-sunken font-bold text-sm tabular-nums">
              {at + 1}
            </span>
            <span className="text-ink/90">{t(`steps.${step}`)}</span>
          </li>
        ))}
      </ol>
      {draw.data ? (
        <Published facts={draw.data} concert={concert} />
      ) : draw.isError ? (
        isProblem(draw.error, "not_found") ? (
          <EmptyState
            title={t("none.title")}
            action={
              <LinkButton href={`/concerts/${concert.slug}`} variant="outline">
                {t("none.back")}
              </LinkButton>
            }
          >
            {t("none.text")}
          </EmptyState>
        ) : (
          <ProblemPage error={draw.error} onRetry={() => draw.refetch()} here={`/concerts/${concert.slug}/draw`} />
        )
      ) : (
        <div className="mt-10 space-y-4" aria-busy="true">
          <Skeleton className="h-40 w-full" />
          <Skeleton className="h-28 w-full" />
        </div>
      )}
    </div>
  );
}

function Published({ facts, concert }: { facts: DrawFacts; concert: DrawnConcert }) {
  const t = useTranslations("draw");
  const [notes, setNotes] = useState<DrawNotes>({});
  useEffect(() => {
    noteDraw(concert.id, { seedHash: facts.seedHash });
    setNotes(recallDraw(concert.id));
  }, [concert.id, facts.seedHash]);
  const changed = notes.seedHash !== undefined && notes.seedHash !== facts.seedHash;
  return (
    <>
      <h2 className="mt-12 text-heading">{t("published.title")}</h2>
      <dl className="mt-4 divide-y divide-line rounded-card border border-line bg-surface">
        <Fact name={t("published.state")}>
          <span role="status">
            {facts.drawnAt ? (
              <>
                {t("published.drawn")} · <DateTime at={facts.drawnAt} timeZone={concert.timeZone} />
              </>
            ) : facts.closedAt ? (
              t("published.drawing")
            ) : (
              <>
                {t("published.opens")} · <DateTime at={facts.opensAt} timeZone={concert.timeZone} />
              </>
            )}
          </span>
        </Fact>
        <Fact name={t("published.seedHash")} code={facts.seedHash} />
        {facts.count !== null && <Fact name={t("published.count")}>{t("people", { count: facts.count })}</Fact>}
        {facts.digest && <Fact name={t("published.digest")} code={facts.digest} />}
        {facts.seed ? (
          <Fact name={t("published.seed")} code={facts.seed} />
        ) : (
          <Fact name={t("published.seed")}>{t("published.sealed")}</Fact>
        )}
      </dl>
      {changed ? (
        <Notice tone="error" className="mt-4" title={t("notes.changedTitle")}>
          {t("notes.changed")}
        </Notice>
      ) : (
        notes.notedAt && (
          <p className="mt-4 text-muted text-sm">
            {isPledge(notes.notedAt, facts) ? (
              <>
                {t("notes.kept")} <DateTime at={notes.notedAt} timeZone={concert.timeZone} />
              </>
            ) : (
              t("notes.late")
            )}
          </p>
        )
      )}
      {facts.seed !== null &&
        (canHash() ? (
          <>
            <OwnPlace concertId={concert.id} facts={facts} noted={notes.drawId} />
            <WholeDraw concertId={concert.id} facts={facts} pledged={notes.seedHash} />
          </>
        ) : (
          <Notice tone="warn" className="mt-8" title={t("noHash.title")}>
            {t("noHash.text")}
          </Notice>
        ))}
      <h2 className="mt-12 text-heading">{t("limits.title")}</h2>
      <p className="mt-3 max-w-prose text-ink/90 leading-relaxed">{t("limits.proved")}</p>
      <p className="mt-3 max-w-prose text-ink/90 leading-relaxed">{t("limits.notProved")}</p>
      <p className="mt-3 max-w-prose text-ink/90 leading-relaxed">{t("limits.yourself")}</p>
      <pre className="mt-4 whitespace-pre-wrap break-all rounded-control bg-sunken p-4 text-sm">
        npm run draw:verify -- --url {typeof window === "undefined" ? "" : window.location.origin} --concert{" "}
        {concert.slug}
      </pre>
    </>
  );
}

/** What was noted after the draw says nothing about what was published before it. */
const isPledge = (notedAt: string, { drawnAt }: DrawFacts): boolean =>
  drawnAt === null || Date.parse(notedAt) < Date.parse(drawnAt);

function Fact({ name, code, children }: { name: string; code?: string; children?: React.ReactNode }) {
  return (
    <div className="gap-6 px-5 py-4 sm:grid sm:grid-cols-[11rem_1fr]">
      <dt className="text-muted">{name}</dt>
      <dd className={code ? "break-all font-mono text-sm leading-relaxed" : "font-medium"}>{code ?? children}</dd>
    </div>
  );
}
