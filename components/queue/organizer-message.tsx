"use client";

import { useLocale, useTranslations } from "next-intl";
import { Notice } from "@/components/ui/notice";
import type { QueueView } from "@/lib/queue/schema";

/** What the organiser tells everyone in line; read out when it appears or changes. */
export function OrganizerMessage({ view }: { view: QueueView | null }) {
  const t = useTranslations("queue.message");
  const locale = useLocale();
  const message = view && (view.status === "waiting" || view.status === "lobby") ? view.message : undefined;
  return (
    <div role="status">
      {message && (
        <Notice className="mt-5" title={t("title")}>
          <span className="whitespace-pre-line">{message[locale]}</span>
        </Notice>
      )}
    </div>
  );
}
