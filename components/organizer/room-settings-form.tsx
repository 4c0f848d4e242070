"use client";

import { useTranslations } from "next-intl";
import { type FormEvent, useState } from "react";
import { read } from "@/components/api-client";
import { isProblem } from "@/components/api-problem";
import { useProblemText } from "@/components/problem-text";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Field, fieldProps, Input } from "@/components/ui/field";
import { Notice } from "@/components/ui/notice";
import type { RoomSettings } from "@/lib/queue/schema";

const LIMITS = {
  activeLimit: [0, 1_000_000],
  admissionsPerMinute: [0, 6_000_000],
  sessionSeconds: [30, 86_400],
  claimSeconds: [10, 3_600],
  challengeAbove: [0, 1_000_000],
  challengeBits: [8, 20],
} as const;
const NAMES = Object.keys(LIMITS) as (keyof typeof LIMITS)[];

/** Left empty, nobody is asked for proof of work. */
const typedValue = (name: (typeof NAMES)[number], typed: FormDataEntryValue | null): number | null =>
  name === "challengeAbove" && typed === "" ? null : Number(typed);

type Props = { concertId: string; settings: RoomSettings; onSaved: (settings: RoomSettings) => void };

/** The room's limits. What is being typed stays until it is saved, whatever the live numbers do. */
export function RoomSettingsForm({ concertId, settings, onSaved }: Props) {
  const t = useTranslations("organizer.room");
  const problemText = useProblemText();
  const [pending, setPending] = useState(false);
  const [outcome, setOutcome] = useState<{ ok: boolean; text: string } | null>(null);

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (pending) return;
    const form = new FormData(event.currentTarget);
    const body = Object.fromEntries(NAMES.map((name) => [name, typedValue(name, form.get(name))]));
    setPending(true);
    setOutcome(null);
    try {
      const path = `/admin/concerts/${concertId}/waiting-room`;
      onSaved(await read<RoomSettings>(path, { method: "PATCH", body }));
      setOutcome({ ok: true, text: t("saved") });
    } catch (error) {
      setOutcome({ ok: false, text: isProblem(error, "invalid_request") ? t("invalid") : problemText(error) });
    }
    setPending(false);
  }

  return (
    <section aria-labelledby="settings">
      <h2 id="settings" className="mb-4 text-heading">
        {t("settings")}
      </h2>
      <Card>
        <form key={settings.revision} onSubmit={submit} className="grid gap-6 sm:grid-cols-2">
          {NAMES.map((name) => (
            <Field key={name} id={name} label={t(name)} hint={t(`hints.${name}`)}>
              <Input
                {...fieldProps(name, { hint: true })}
                name={name}
                type="number"
                inputMode="numeric"
                required={name !== "challengeAbove"}
                min={LIMITS[name][0]}
                max={LIMITS[name][1]}
                step={1}
                defaultValue={settings[name] ?? ""}
              />
            </Field>
          ))}
          <div className="space-y-3 sm:col-span-2">
            <Button type="submit" pending={pending}>
              {t("save")}
            </Button>
            {outcome && (
              <Notice tone={outcome.ok ? "info" : "error"} live>
                {outcome.text}
              </Notice>
            )}
          </div>
        </form>
      </Card>
    </section>
  );
}
