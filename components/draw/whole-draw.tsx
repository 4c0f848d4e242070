"use client";

import { useTranslations } from "next-intl";
import { useProblemText } from "@/components/problem-text";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import type { DrawFacts, DrawProblem } from "@/lib/queue/draw-rules";
import { useDrawCheck } from "./use-draw";

type WholeDrawProps = { concertId: string; facts: DrawFacts; pledged: string | undefined };

/** Recomputes every place of the draw in this browser and says what is wrong, if anything is. */
export function WholeDraw({ concertId, facts, pledged }: WholeDrawProps) {
  const t = useTranslations("draw.whole");
  const problemText = useProblemText();
  const { check, start } = useDrawCheck(concertId, facts, pledged);
  const count = facts.count ?? 0;
  const share = check.state === "running" && count > 0 ? check.done / count : 0;
  return (
    <section className="mt-12">
      <h2 className="text-heading">{t("title")}</h2>
      <p className="mt-3 max-w-prose text-ink/90 leading-relaxed">{t("text", { count })}</p>
      <Button variant="outline" className="mt-4" pending={check.state === "running"} onClick={() => void start()}>
        {t("check")}
      </Button>
      {check.state === "running" && (
        <div
          role="progressbar"
          aria-label={t("title")}
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={Math.floor(share * 100)}
          className="mt-5 h-2.5 overflow-hidden rounded-full bg-sunken"
        >
          <div className="h-full bg-accent" style={{ width: `${share * 100}%` }} />
        </div>
      )}
      <div role="status">
        {check.state === "failed" && (
          <Notice tone="error" live={false} className="mt-5">
            {problemText(check.error)}
          </Notice>
        )}
        {check.state === "done" && check.verdict.problems.length === 0 && (
          <Notice className="mt-5" title={t("rightTitle")}>
            {t("right", { count: check.verdict.checked })}
          </Notice>
        )}
        {check.state === "done" && check.verdict.problems.length > 0 && (
          <Notice tone="error" live={false} className="mt-5" title={t("wrongTitle")}>
            <ul className="list-disc pl-5">
              {check.verdict.problems.map((problem) => (
                <li key={problem.check}>
                  <Problem problem={problem} />
                </li>
              ))}
            </ul>
          </Notice>
        )}
      </div>
    </section>
  );
}

function Problem({ problem }: { problem: DrawProblem }) {
  const t = useTranslations("draw.problem");
  if (problem.check === "order" || problem.check === "page") return t(problem.check, { number: problem.number });
  return t(problem.check);
}
