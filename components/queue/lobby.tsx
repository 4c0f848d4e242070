"use client";

import { useTranslations } from "next-intl";
import { useEffect } from "react";
import { noteDraw } from "@/components/draw/draw-notes";
import { DateTime } from "@/components/ui/date-time";
import { Notice } from "@/components/ui/notice";
import { useCountdown } from "@/components/use-countdown";
import { Link } from "@/i18n/navigation";
import type { QueueView } from "@/lib/queue/schema";
import { BigClock } from "./big-clock";
import type { RoomConcert } from "./room-concert";

/** Before a drawn sale: everybody who comes in time has the same chance. */
export function Lobby({ view, concert }: { view: QueueView; concert: RoomConcert }) {
  const t = useTranslations("queue");
  const left = useCountdown(view.opensAt);
  const { id, seedHash } = concert;
  useEffect(() => noteDraw(id, { drawId: view.drawId, seedHash }), [id, seedHash, view.drawId]);
  return (
    <section className="pt-8 sm:pt-10">
      <h1 className="font-semibold text-lg text-muted">{left === 0 ? t("lobby.drawing") : t("lobby.title")}</h1>
      <BigClock seconds={left} label={t("lobby.countdown")} />
      <p className="mt-4 text-lg">
        <DateTime at={view.opensAt} timeZone={concert.venue.timeZone} />
      </p>
      <Notice className="mt-7" title={t("lobby.drawTitle")}>
        {t("lobby.draw")}
      </Notice>
      <p className="mt-5 text-muted">{t("lobby.people", { count: view.waiting })}</p>
      {view.drawId && (
        <p className="mt-5 text-muted text-sm">
          {t("lobby.drawId")} <span className="break-all font-mono text-ink">{view.drawId}</span>
        </p>
      )}
      <p className="mt-3">
        <Link
          href={`/concerts/${concert.slug}/draw`}
          className="inline-flex min-h-11 items-center underline underline-offset-4"
        >
          {t("lobby.check")}
        </Link>
      </p>
    </section>
  );
}
