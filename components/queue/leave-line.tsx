"use client";

import { useTranslations } from "next-intl";
import { useState } from "react";
import { useProblemText } from "@/components/problem-text";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Notice } from "@/components/ui/notice";
import type { Line } from "./use-line";

/** Gives the place up, after asking once more. */
export function LeaveLine({ line }: { line: Line }) {
  const t = useTranslations("queue.leave");
  const problemText = useProblemText();
  const [open, setOpen] = useState(false);
  const [pending, setPending] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const leave = async () => {
    setPending(true);
    setProblem(null);
    try {
      await line.leave();
      setOpen(false);
    } catch (error) {
      setProblem(problemText(error));
    } finally {
      setPending(false);
    }
  };
  return (
    <>
      <Button variant="ghost" size="sm" className="-mx-4 text-muted" onClick={() => setOpen(true)}>
        {t("action")}
      </Button>
      <Dialog
        open={open}
        onClose={() => setOpen(false)}
        title={t("title")}
        actions={
          <>
            <Button variant="outline" onClick={() => setOpen(false)}>
              {t("stay")}
            </Button>
            <Button variant="danger" pending={pending} onClick={leave}>
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
