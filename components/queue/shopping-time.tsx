"use client";

import { useQuery } from "@tanstack/react-query";
import { Timer } from "lucide-react";
import { useTranslations } from "next-intl";
import { read } from "@/components/api-client";
import { clockText } from "@/components/clock-text";
import { recallQueueToken } from "@/components/queue-token";
import { useCountdown } from "@/components/use-countdown";
import type { QueueView } from "@/lib/queue/schema";

/** How long the fan may still shop, quietly in a corner; the last minute is said aloud, once. */
export function ShoppingTime({ concertId }: { concertId: string }) {
  const t = useTranslations("queue.shopping");
  const { data } = useQuery({
    queryKey: ["admission", concertId],
    queryFn: ({ signal }) => read<QueueView>(`/concerts/${concertId}/queue`, { concertId, signal }),
    enabled: () => recallQueueToken(concertId) !== null,
    refetchInterval: 10_000,
  });
  const left = useCountdown(data?.status === "admitted" ? data.admittedUntil : null);
  if (left === null) return null;
  const last = left <= 60;
  return (
    <p
      className={`inline-flex items-center gap-1.5 text-sm tabular-nums ${last ? "font-bold text-bad" : "text-muted"}`}
    >
      <Timer aria-hidden="true" className="size-4" />
      <span aria-hidden="true" className="max-sm:hidden">
        {t("left")}
      </span>
      <span role="timer" aria-label={t("label")}>
        {clockText(left)}
      </span>
      <span aria-live="polite" className="sr-only">
        {last && left > 0 ? t("lastMinute") : ""}
      </span>
    </p>
  );
}
