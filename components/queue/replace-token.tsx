"use client";

import { useTranslations } from "next-intl";
import { useState } from "react";
import { isProblem } from "@/components/api-problem";
import { useProblemText } from "@/components/problem-text";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Notice } from "@/components/ui/notice";
import type { Line } from "./use-line";

/** Takes this place away from whoever else got hold of its token, after asking once more. */
export function ReplaceToken({ line }: { line: Line }) {
  const t = useTranslations("queue.token");
  const problemText = useProblemText();
  const [open, setOpen] = useState(false);
  const [pending, setPending] = useState(false);
  const [done, setDone] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const replace = async () => {
    setPending(true);
    setProblem(null);
    try {
      await line.replaceToken();
      setDone(true);
      setOpen(false);
    } catch (error) {
      setProblem(isProblem(error, "rate_limited") ? t("often") : problemText(error));
    } finally {
      setPending(false);
    }
  };
  return (
    <>
      <Button variant="ghost" size="sm" className="text-muted" onClick={() => setOpen(true)}>
        {t("action")}
      </Button>
      <p role="status" className={done ? "basis-full text-muted text-sm" : "sr-only"}>
        {done ? t("done") : ""}
      </p>
      <Dialog
        open={open}
        onClose={() => setOpen(false)}
        title={t("title")}
        actions={
          <>
            <Button variant="outline" onClick={() => setOpen(false)}>
              {t("back")}
            </Button>
            <Button variant="primary" pending={pending} onClick={replace}>
              {t("confirm")}
            </Button>
          </>
        }
      >
        <p>{t("text")}</p>
        {problem && <Notice tone="error">{problem}</Notice>}
      </Dialog>
    </>
  );
}
