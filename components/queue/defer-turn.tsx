"use client";

import { useTranslations } from "next-intl";
import { useState } from "react";
import { isProblem } from "@/components/api-problem";
import { useProblemText } from "@/components/problem-text";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import type { Line } from "./use-line";

/** For a fan whose turn came too early: lets the next five go first. */
export function DeferTurn({ line, left }: { line: Line; left: number }) {
  const t = useTranslations("queue.defer");
  const problemText = useProblemText();
  const [pending, setPending] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const defer = async () => {
    // Nobody is taken on to the dates while stepping aside.
    document.dispatchEvent(new Event("frontrow:stay"));
    setPending(true);
    setProblem(null);
    try {
      await line.defer();
    } catch (error) {
      setProblem(isProblem(error, "conflict", "admission_expired", "queue_waiting") ? t("late") : problemText(error));
      setPending(false);
    }
  };
  return (
    <section aria-labelledby="defer-turn" className="mt-8 rounded-card border border-line bg-surface p-5 sm:p-6">
      <h2 id="defer-turn" className="font-semibold">
        {t("title")}
      </h2>
      <p className="mt-1 text-muted text-sm">{t("text", { left })}</p>
      <Button variant="outline" className="mt-4" pending={pending} onClick={defer}>
        {t("action")}
      </Button>
      {problem && (
        <Notice tone="error" live className="mt-4">
          {problem}
        </Notice>
      )}
    </section>
  );
}
