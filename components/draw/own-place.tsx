"use client";

import { useLocale, useTranslations } from "next-intl";
import { type FormEvent, useEffect, useState } from "react";
import { useProblemText } from "@/components/problem-text";
import { Button } from "@/components/ui/button";
import { Field, fieldProps, Input } from "@/components/ui/field";
import { Notice } from "@/components/ui/notice";
import { useSingleMutation } from "@/components/use-single-mutation";
import { DRAW_ID_LENGTH, type DrawFacts, findPlace } from "@/lib/queue/draw-rules";
import { browserSha256 } from "./browser-sha256";
import { readPlaces } from "./use-draw";

const DRAW_ID = new RegExp(`^[0-9a-f]{${DRAW_ID_LENGTH}}$`);

type OwnPlaceProps = { concertId: string; facts: DrawFacts; noted: string | undefined };

/** Looks the own place up and recomputes where it belongs. */
export function OwnPlace({ concertId, facts, noted }: OwnPlaceProps) {
  const t = useTranslations("draw.own");
  const problemText = useProblemText();
  const locale = useLocale();
  const percent = (share: number) =>
    new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 2 }).format(share);
  const [drawId, setDrawId] = useState("");
  const [wrong, setWrong] = useState(false);
  useEffect(() => {
    if (noted) setDrawId((typed) => typed || noted);
  }, [noted]);
  const check = useSingleMutation({
    mutationFn: (asked: string) => findPlace(browserSha256, facts, (cursor) => readPlaces(concertId, cursor), asked),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const asked = drawId.trim().toLowerCase();
    setWrong(!DRAW_ID.test(asked));
    if (DRAW_ID.test(asked)) check.mutate(asked);
  };
  const found = check.data;
  const error = wrong ? t("wrong") : check.isError ? problemText(check.error) : undefined;
  return (
    <section className="mt-12">
      <h2 className="text-heading">{t("title")}</h2>
      <form onSubmit={submit} noValidate className="mt-4 space-y-4">
        <Field id="draw-id" label={t("label")} hint={t("hint")} error={error}>
          <Input
            {...fieldProps("draw-id", { hint: true, error })}
            value={drawId}
            onChange={(event) => setDrawId(event.target.value)}
            className="font-mono"
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
          />
        </Field>
        <Button type="submit" pending={check.isPending}>
          {t("check")}
        </Button>
      </form>
      <div role="status">
        {check.isSuccess && found === null && (
          <Notice tone="warn" className="mt-5" title={t("missingTitle")}>
            {t("missing")}
          </Notice>
        )}
        {found && !found.fits && (
          <Notice tone="error" live={false} className="mt-5" title={t("misplacedTitle")}>
            {t("misplaced", { number: found.number })}
          </Notice>
        )}
        {found?.fits && (
          <Notice className="mt-5" title={t("foundTitle", { number: found.number })}>
            <p>{t("found", { share: percent(found.share), count: facts.count ?? 0 })}</p>
            <p className="mt-2 break-all font-mono text-xs">{found.key}</p>
          </Notice>
        )}
      </div>
    </section>
  );
}
