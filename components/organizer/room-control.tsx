"use client";

import { useTranslations } from "next-intl";
import { useState } from "react";
import { ProblemPage } from "@/components/problem-text";
import { Notice } from "@/components/ui/notice";
import { Skeleton } from "@/components/ui/skeleton";
import type { QueueStats, RoomSettings } from "@/lib/queue/schema";
import { RoomMode } from "./room-mode";
import { type Numbers, RoomNumbers } from "./room-numbers";
import { RoomSettingsForm } from "./room-settings-form";
import { useLive } from "./use-live";

const EVERY_MS = 2000;

/** One concert's waiting room: its numbers as they move, and its settings. */
export function RoomControl({ concert }: { concert: { id: string; slug: string; currency: string } }) {
  const t = useTranslations("organizer.room");
  const here = `/organizer/concerts/${concert.slug}`;
  const stats = useLive<QueueStats & Numbers>(`/admin/concerts/${concert.id}/stats`, EVERY_MS);
  const room = useLive<RoomSettings>(`/admin/concerts/${concert.id}/waiting-room`, EVERY_MS);
  const [saved, setSaved] = useState<RoomSettings | null>(null);
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
      <RoomMode concertId={concert.id} settings={settings} waiting={stats.data.waiting} onSaved={setSaved} />
      <RoomSettingsForm concertId={concert.id} settings={settings} onSaved={setSaved} />
    </div>
  );
}
