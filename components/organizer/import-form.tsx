"use client";

import { Upload } from "lucide-react";
import { useTranslations } from "next-intl";
import { type DragEvent, useState } from "react";
import { read } from "@/components/api-client";
import { isProblem } from "@/components/api-problem";
import { useProblemText } from "@/components/problem-text";
import { Button, buttonClass, LinkButton } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Notice } from "@/components/ui/notice";
import { Spinner } from "@/components/ui/spinner";
import type { InputProblem } from "@/lib/core/errors";
import { ImportPreview, type Preview } from "./import-preview";
import { ProblemTable } from "./problem-table";

const MOST_BYTES = 16 * 1024 * 1024;

type Step =
  | { name: "choose"; problems?: InputProblem[]; refusal?: string }
  | { name: "checking" }
  | { name: "preview"; document: unknown; preview: Preview; pending: boolean; refusal?: string }
  | { name: "done"; slug: string; title: string };

/** A file is checked by the server without changing anything, shown, and imported on a second press. */
export function ImportForm() {
  const t = useTranslations("organizer.import");
  const problemText = useProblemText();
  const [step, setStep] = useState<Step>({ name: "choose" });

  async function check(file: File) {
    if (file.size > MOST_BYTES) return setStep({ name: "choose", refusal: t("tooLarge") });
    setStep({ name: "checking" });
    let document: unknown;
    try {
      document = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer()));
    } catch (error) {
      return setStep({ name: "choose", refusal: `${t("notJson")} ${error instanceof Error ? error.message : ""}` });
    }
    try {
      const preview = await read<Preview>("/admin/concerts?dryRun=true", { method: "POST", body: document });
      setStep({ name: "preview", document, preview, pending: false });
    } catch (error) {
      if (isProblem(error, "invalid_request") && Array.isArray(error.extra.errors)) {
        return setStep({ name: "choose", problems: error.extra.errors as InputProblem[] });
      }
      setStep({ name: "choose", refusal: isProblem(error, "conflict") ? error.message : problemText(error) });
    }
  }

  async function importIt(ready: Extract<Step, { name: "preview" }>) {
    setStep({ ...ready, pending: true });
    try {
      const { slug } = await read<{ slug: string }>("/admin/concerts", { method: "POST", body: ready.document });
      setStep({ name: "done", slug, title: ready.preview.title });
    } catch (error) {
      const refusal = isProblem(error, "conflict") ? error.message : problemText(error);
      setStep({ ...ready, pending: false, refusal });
    }
  }

  if (step.name === "checking") {
    return (
      <Card className="flex items-center gap-3 py-14" role="status">
        <Spinner /> {t("checking")}
      </Card>
    );
  }
  if (step.name === "done") {
    return (
      <Card className="space-y-4" role="status">
        <h2 className="text-heading">
          {t("done")}: {step.title}
        </h2>
        <p className="text-muted">{t("doneText")}</p>
        <div className="flex flex-wrap gap-2">
          <LinkButton href={`/organizer/concerts/${step.slug}`}>{t("open")}</LinkButton>
          <Button variant="outline" onClick={() => setStep({ name: "choose" })}>
            {t("again")}
          </Button>
        </div>
      </Card>
    );
  }
  if (step.name === "preview") {
    return (
      <div className="space-y-5">
        {step.refusal && <Notice tone="error">{step.refusal}</Notice>}
        <ImportPreview preview={step.preview} document={step.document} />
        <div className="flex flex-wrap gap-2">
          <Button variant="primary" size="lg" pending={step.pending} onClick={() => importIt(step)}>
            {step.preview.created ? t("submit") : t("submitUpdate")}
          </Button>
          <Button variant="ghost" size="lg" onClick={() => setStep({ name: "choose" })}>
            {t("again")}
          </Button>
        </div>
      </div>
    );
  }
  const drop = (event: DragEvent) => {
    event.preventDefault();
    const [file] = event.dataTransfer.files;
    if (file) void check(file);
  };
  return (
    <div className="space-y-6">
      {step.refusal && <Notice tone="error">{step.refusal}</Notice>}
      {step.problems && <ProblemTable problems={step.problems} />}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping is an extra beside the file input. */}
      <div
        onDragOver={(event) => event.preventDefault()}
        onDrop={drop}
        className="flex flex-col items-center gap-4 rounded-card border-2 border-line-strong border-dashed px-6 py-16 text-center"
      >
        <Upload aria-hidden="true" className="size-8 text-muted" />
        <label
          className={`${buttonClass({ size: "lg" })} cursor-pointer focus-within:outline-3 focus-within:outline-accent-ink`}
        >
          {t("choose")}
          <input
            type="file"
            accept="application/json,.json"
            className="sr-only"
            onChange={(event) => {
              const [file] = event.target.files ?? [];
              event.target.value = "";
              if (file) void check(file);
            }}
          />
        </label>
        <p className="text-muted text-sm">{t("drop")}</p>
        <a
          href="/api/docs"
          className="inline-flex min-h-11 items-center text-muted text-sm underline underline-offset-4"
        >
          {t("format")}
        </a>
      </div>
    </div>
  );
}
