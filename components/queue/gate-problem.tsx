"use client";

import { useTranslations } from "next-intl";
import { isProblem } from "@/components/api-problem";
import { LinkButton } from "@/components/ui/button";

const GATE = ["queue_token_required", "queue_token_invalid", "queue_waiting", "admission_expired"] as const;

/** Whether the gate refused the call: the fan has no turn now. */
export const isGateProblem = (error: unknown): boolean => isProblem(error, ...GATE);

/** It is not this fan's turn: why, and the way to the line. */
export function GateProblem({ error, slug }: { error: unknown; slug: string }) {
  const t = useTranslations("queue.shopping");
  const why = isProblem(error, "admission_expired") ? "over" : isProblem(error, "queue_waiting") ? "waiting" : "none";
  return (
    <section role="alert" className="page-narrow py-16 sm:py-24">
      <h1 className="text-title">{t(`${why}.title`)}</h1>
      <p className="mt-4 text-lg text-muted">{t(`${why}.text`)}</p>
      <LinkButton href={`/concerts/${slug}/queue`} variant="primary" size="lg" className="mt-8">
        {t("toLine")}
      </LinkButton>
    </section>
  );
}
