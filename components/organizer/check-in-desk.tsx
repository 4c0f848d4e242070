"use client";

import { useTranslations } from "next-intl";
import { type FormEvent, useCallback, useRef, useState } from "react";
import { read } from "@/components/api-client";
import { isProblem } from "@/components/api-problem";
import { useProblemText } from "@/components/problem-text";
import { Button } from "@/components/ui/button";
import { Field, fieldProps, Input } from "@/components/ui/field";
import type { CheckIn } from "@/lib/tickets/schema";
import { CodeCamera } from "./code-camera";

type Result = { tone: "good" | "warn" | "bad"; title: string; text: string };

const TONE = {
  good: "bg-good-wash text-good",
  warn: "bg-warn-wash text-warn",
  bad: "bg-bad-wash text-bad",
} as const;

/** The door: one code after the other, by camera or by hand, and an answer that can be read from afar. */
export function CheckInDesk() {
  const t = useTranslations("organizer.checkIn");
  const problemText = useProblemText();
  const [result, setResult] = useState<Result | null>(null);
  const [count, setCount] = useState(0);
  const [pending, setPending] = useState(false);
  const input = useRef<HTMLInputElement>(null);

  const check = useCallback(
    async (code: string) => {
      setPending(true);
      try {
        const { seat, concert } = await read<CheckIn>("/admin/check-ins", { method: "POST", body: { code } });
        setResult({ tone: "good", title: t("ok"), text: `${concert.title} · ${t("seat", seat)}` });
        setCount((so) => so + 1);
      } catch (error) {
        if (isProblem(error, "already_checked_in")) setResult({ tone: "warn", title: t("already"), text: "" });
        else if (isProblem(error, "ticket_invalid", "invalid_request"))
          setResult({ tone: "bad", title: t("invalid"), text: "" });
        else setResult({ tone: "bad", title: problemText(error), text: "" });
      }
      setPending(false);
    },
    [t, problemText],
  );

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const code = input.current?.value.trim() ?? "";
    if (pending || code === "") return;
    await check(code);
    if (input.current) input.current.value = "";
    input.current?.focus();
  }

  return (
    <div className="max-w-xl space-y-6">
      <div role="status" aria-live="assertive">
        {result && (
          <div className={`rounded-card p-7 ${TONE[result.tone]}`}>
            <p className="text-title">{result.title}</p>
            {result.text && <p className="mt-2 text-heading text-ink">{result.text}</p>}
          </div>
        )}
      </div>
      <CodeCamera onCode={check} />
      <form onSubmit={submit} className="space-y-4">
        <Field id="code" label={t("code")}>
          <Input
            {...fieldProps("code")}
            ref={input}
            name="code"
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            maxLength={200}
            required
          />
        </Field>
        <Button type="submit" size="lg" block pending={pending}>
          {t("submit")}
        </Button>
      </form>
      <p className="text-muted">{t("count", { count })}</p>
    </div>
  );
}
