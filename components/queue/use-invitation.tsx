"use client";

import { useTranslations } from "next-intl";
import { type FormEvent, useState } from "react";
import { read } from "@/components/api-client";
import { isProblem } from "@/components/api-problem";
import { useProblemText } from "@/components/problem-text";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field, fieldProps, Input } from "@/components/ui/field";
import type { QueueView } from "@/lib/queue/schema";
import type { Line } from "./use-line";

/** Passes the line with an organiser's code. */
export function UseInvitation({ line, concertId }: { line: Line; concertId: string }) {
  const t = useTranslations("queue.invitation");
  const problemText = useProblemText();
  const [open, setOpen] = useState(false);
  const [pending, setPending] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  const words = (error: unknown): string => {
    if (isProblem(error, "not_found", "invalid_request")) return t("unknown");
    if (isProblem(error, "conflict")) return t("usedUp");
    if (isProblem(error, "queue_closed", "not_on_sale")) return t("shut");
    if (isProblem(error, "rate_limited")) return t("tooMany");
    return problemText(error);
  };
  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (pending) return;
    const code = String(new FormData(event.currentTarget).get("code") ?? "").trim();
    setPending(true);
    setProblem(null);
    try {
      const path = `/concerts/${concertId}/queue/invitations`;
      line.take(await read<QueueView>(path, { method: "POST", body: { code } }));
      setOpen(false);
    } catch (error) {
      setProblem(words(error));
    }
    setPending(false);
  }
  return (
    <div>
      <Button variant="ghost" size="sm" className="-mx-4 text-muted" onClick={() => setOpen(true)}>
        {t("open")}
      </Button>
      <Dialog open={open} onClose={() => setOpen(false)} title={t("title")}>
        <form onSubmit={submit} className="space-y-4">
          <Field id="invitation" label={t("code")} error={problem}>
            <Input
              {...fieldProps("invitation", { error: problem })}
              name="code"
              required
              maxLength={40}
              autoComplete="off"
              autoCapitalize="characters"
              spellCheck={false}
              className="font-mono uppercase"
            />
          </Field>
          <Button type="submit" variant="primary" block pending={pending}>
            {t("use")}
          </Button>
        </form>
      </Dialog>
    </div>
  );
}
