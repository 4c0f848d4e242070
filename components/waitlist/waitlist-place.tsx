"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { call } from "@/components/api-client";
import { clockText } from "@/components/clock-text";
import { LastMinute } from "@/components/last-minute";
import { useProblemText } from "@/components/problem-text";
import { Button, LinkButton } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { useCountdown } from "@/components/use-countdown";
import { useSingleMutation } from "@/components/use-single-mutation";
import type { WaitlistEntry } from "@/lib/waitlist/schema";

/** A fan's live place: where in the list, or the seats that are offered now with their time. */
export function WaitlistPlace({ entry, slug }: { entry: WaitlistEntry; slug: string }) {
  const t = useTranslations("waitlist");
  const problemText = useProblemText();
  const queries = useQueryClient();
  const isOffered = entry.status === "offered" && entry.reservationId !== null;
  const left = useCountdown(isOffered ? entry.offerEndsAt : null);
  const leave = useSingleMutation({
    mutationFn: () =>
      call(`/concerts/${entry.concertId}/performances/${entry.performanceId}/waitlist`, { method: "DELETE" }),
    onSettled: () =>
      Promise.all(["waitlist", "reservations"].map((key) => queries.invalidateQueries({ queryKey: [key] }))),
  });
  return (
    <div className="space-y-4">
      <div role="status" className="space-y-1">
        <p className="font-bold text-lg">
          {isOffered ? t("offered.title") : t("waiting.title", { position: entry.position ?? 1 })}
        </p>
        <p className="text-muted">
          {t("wish", { count: entry.count, tier: entry.tier ?? "", any: String(entry.tier === null) })}
        </p>
      </div>
      {isOffered && left !== null && (
        <p role="timer" className="font-bold text-warn tabular-nums">
          {t("offered.left", { time: clockText(left) })}
        </p>
      )}
      <LastMinute left={left}>{t("offered.lastMinute")}</LastMinute>
      <p className="text-muted text-sm">{isOffered ? t("offered.text") : t("waiting.text")}</p>
      <div className="flex flex-wrap gap-2">
        {isOffered && (
          <LinkButton
            variant="primary"
            href={{ pathname: `/concerts/${slug}/checkout`, query: { reservation: entry.reservationId ?? "" } }}
          >
            {t("offered.accept")}
          </LinkButton>
        )}
        <Button variant="outline" pending={leave.isPending} onClick={() => leave.mutate()}>
          {isOffered ? t("offered.decline") : t("waiting.leave")}
        </Button>
      </div>
      {leave.isError && <Notice tone="error">{problemText(leave.error)}</Notice>}
    </div>
  );
}
