"use client";

import { useTranslations } from "next-intl";
import { useState } from "react";
import { ProblemPage } from "@/components/problem-text";
import { Notice } from "@/components/ui/notice";
import { Skeleton } from "@/components/ui/skeleton";
import type { QueueStats, RoomSettings } from "@/lib/queue/schema";
import { Invitations } from "./invitations";
import { RoomHistoryCharts } from "./room-history-charts";
import { RoomLog } from "./room-log";
import { RoomMessageForm } from "./room-message-form";
import { RoomMode } from "./room-mode";
import { type Numbers, RoomNumbers } from "./room-numbers";
import { RoomSettingsForm } from "./room-settings-form";
import { RoomSteps } from "./room-steps";
import { useLive } from "./use-live";

const EVERY_MS = 2000;

export type ControlledConcert = { id: string; slug: string; currency: string; timeZone: string };

/** One concert's waiting room: its numbers as they move, and its settings. */
export function RoomControl({ concert }: { concert: ControlledConcert }) {
  const t = useTranslations("organizer.room");
  const here = `/organizer/concerts/${concert.slug}`;
  const stats = useLive<QueueStats & Numbers>(`/admin/concerts/${concert.id}/stats`, EVERY_MS);
  const room = useLive<RoomSettings>(`/admin/concerts/${concert.id}/waiting-room`, EVERY_MS);
  const [saved, setSaved] = useState<RoomSettings | null>(null);
  const [done, setDone] = useState(0);
  const logAnew = () => setDone((count) => count + 1);
  const error = stats.error ?? room.error;
  const settings = saved && room.data && saved.revision > room.data.revision ? saved : room.data;

  if (!stats.data || !settings) {
    if (error) {
      const retry = () => {
        stats.refresh();
        room.refresh();
      };
      return <ProblemPage error={error} onRetry={retry} here={here} />;
    }
    return (
      <div aria-busy="true" className="space-y-4">
        <Skeleton className="h-40 rounded-card" />
        <Skeleton className="h-64 rounded-card" />
      </div>
    );
  }
  return (
    <div className="space-y-10">
      {error != null && <Notice tone="warn">{t("stale")}</Notice>}
      <RoomNumbers stats={stats.data} currency={concert.currency} />
      <RoomHistoryCharts concertId={concert.id} />
      <RoomMode concertId={concert.id} settings={settings} waiting={stats.data.waiting} onSaved={setSaved} />
      <RoomSettingsForm concertId={concert.id} settings={settings} onSaved={setSaved} />
      <RoomMessageForm concertId={concert.id} settings={settings} onSaved={setSaved} />
      <RoomSteps
        concertId={concert.id}
        settings={settings}
        waiting={stats.data.waiting}
        inside={stats.data.admitted}
        onSaved={setSaved}
        onDone={logAnew}
      />
      <Invitations concertId={concert.id} onDone={logAnew} />
      <RoomLog concertId={concert.id} timeZone={concert.timeZone} seen={settings.revision + done} />
    </div>
  );
}
