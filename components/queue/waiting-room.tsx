"use client";

import { useTranslations } from "next-intl";
import { useEffect } from "react";
import { ProblemPage, SignInNeeded } from "@/components/problem-text";
import { LinkButton } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { Skeleton } from "@/components/ui/skeleton";
import { Link } from "@/i18n/navigation";
import { Admitted } from "./admitted";
import { InLine } from "./in-line";
import { LeaveLine } from "./leave-line";
import { LineEnd } from "./line-end";
import { LineNews } from "./line-news";
import { Lobby } from "./lobby";
import { OrganizerMessage } from "./organizer-message";
import { ReplaceToken } from "./replace-token";
import type { RoomConcert } from "./room-concert";
import { TurnCall } from "./turn-call-choice";
import { UseInvitation } from "./use-invitation";
import { type Line, useLine } from "./use-line";

/** The waiting room: joins by itself and shows the place in line until the turn comes. */
export function WaitingRoom({ concert }: { concert: RoomConcert }) {
  const t = useTranslations("queue");
  const line = useLine(concert.id);
  const { view, offline } = line;

  useEffect(() => {
    const { title } = document;
    if (view?.status === "waiting" && view.position !== null) {
      document.title = t("tab.waiting", { position: view.position, title: concert.title });
    }
    if (view?.status === "admitted") document.title = t("tab.admitted", { title: concert.title });
    return () => {
      document.title = title;
    };
  }, [t, view?.status, view?.position, concert.title]);

  return (
    <div className="page-narrow pt-6 pb-20 sm:pt-12">
      <p className="font-semibold text-muted text-sm">
        <Link href={`/concerts/${concert.slug}`} className="underline-offset-4 hover:underline">
          {concert.title}
        </Link>
        <span aria-hidden="true"> · </span>
        {concert.venue.name}
      </p>
      {offline && (
        <Notice tone="warn" live className="mt-5" title={t("offline.title")}>
          {t("offline.text")}
        </Notice>
      )}
      {view && !offline && line.problem && line.problem.status >= 500 && (
        <Notice tone="warn" live className="mt-5" title={t("away.title")}>
          {t("away.text")}
        </Notice>
      )}
      <OrganizerMessage view={view} />
      <Stage line={line} concert={concert} />
      <LineNews view={view} />
      {view && (view.status === "waiting" || view.status === "lobby" || view.status === "admitted") && (
        <div className="mt-10 space-y-5 border-line border-t pt-6">
          {view.status !== "admitted" && <TurnCall title={concert.title} />}
          {view.status === "waiting" && <UseInvitation line={line} concertId={concert.id} />}
          <div className="flex flex-wrap items-center gap-x-6 gap-y-1">
            <LeaveLine line={line} />
            <ReplaceToken line={line} />
          </div>
        </div>
      )}
    </div>
  );
}

function Stage({ line, concert }: { line: Line; concert: RoomConcert }) {
  const t = useTranslations("queue");
  const { view, problem, proving } = line;
  if (view) {
    if (view.status === "waiting") return <InLine line={line} view={view} concert={concert} />;
    if (view.status === "lobby") return <Lobby view={view} concert={concert} />;
    if (view.status === "admitted") return <Admitted line={line} view={view} concert={concert} />;
    return <LineEnd line={line} view={view} concert={concert} />;
  }
  if (problem?.code === "unauthenticated") return <SignInNeeded here={`/concerts/${concert.slug}/queue`} />;
  if (problem?.code === "queue_closed") {
    return (
      <section className="pt-10">
        <h1 className="text-title">{t("closed.title")}</h1>
        <p className="mt-4 text-lg text-muted">{t("closed.text")}</p>
        <LinkButton href={`/concerts/${concert.slug}`} variant="outline" className="mt-8">
          {t("toConcert")}
        </LinkButton>
      </section>
    );
  }
  if (problem && (!problem.isPassing || problem.code === "internal")) {
    return <ProblemPage error={problem} onRetry={line.rejoin} here={`/concerts/${concert.slug}/queue`} />;
  }
  return (
    <section className="pt-10" aria-busy="true">
      <h1 className="text-title">
        {proving ? t("joining.proofTitle") : problem ? t("joining.busyTitle") : t("joining.title")}
      </h1>
      <p className="mt-4 text-lg text-muted" role="status">
        {proving ? t("joining.proof") : problem ? t("joining.busy") : t("joining.text")}
      </p>
      <Skeleton className="mt-10 h-28 w-2/3" />
      <Skeleton className="mt-6 h-3 w-full" />
      <Skeleton className="mt-10 h-24 w-full" />
    </section>
  );
}
