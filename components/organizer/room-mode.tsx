"use client";

import { useTranslations } from "next-intl";
import { useState } from "react";
import { read } from "@/components/api-client";
import { useProblemText } from "@/components/problem-text";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Notice } from "@/components/ui/notice";
import { type RoomMode as Mode, ROOM_MODES } from "@/db/constants";
import type { RoomSettings } from "@/lib/queue/schema";

type Props = {
  concertId: string;
  settings: RoomSettings;
  waiting: number;
  onSaved: (settings: RoomSettings) => void;
};

/** The four modes; those that cannot be taken back for the fans they touch are asked about first. */
export function RoomMode({ concertId, settings, waiting, onSaved }: Props) {
  const t = useTranslations("organizer.room");
  const problemText = useProblemText();
  const [asked, setAsked] = useState<"off" | "closed" | null>(null);
  const [pending, setPending] = useState<Mode | null>(null);
  const [refusal, setRefusal] = useState<string | null>(null);

  async function change(mode: Mode) {
    setAsked(null);
    setPending(mode);
    setRefusal(null);
    try {
      const path = `/admin/concerts/${concertId}/waiting-room`;
      onSaved(await read<RoomSettings>(path, { method: "PATCH", body: { mode } }));
    } catch (error) {
      setRefusal(problemText(error));
    }
    setPending(null);
  }

  return (
    <section aria-labelledby="mode">
      <h2 id="mode" className="mb-4 text-heading">
        {t("mode")}
      </h2>
      {refusal && (
        <Notice tone="error" className="mb-4">
          {refusal}
        </Notice>
      )}
      <div className="grid gap-3 sm:grid-cols-2 lg:grid-cols-4">
        {ROOM_MODES.map((mode) => {
          const isOn = settings.mode === mode;
          return (
            <button
              key={mode}
              type="button"
              aria-pressed={isOn}
              disabled={pending !== null}
              onClick={() => {
                if (isOn) return;
                if (mode === "off" || mode === "closed") setAsked(mode);
                else void change(mode);
              }}
              className={`rounded-card border p-5 text-left transition-colors ${isOn ? "border-accent-ink bg-accent-wash" : "border-line bg-surface hover:border-line-strong"}`}
            >
              <span className={`block font-bold ${isOn ? "text-accent-ink" : ""}`}>{t(`modes.${mode}`)}</span>
              <span className="mt-1 block text-muted text-sm">{t(`modeTexts.${mode}`)}</span>
            </button>
          );
        })}
      </div>
      <Dialog
        open={asked !== null}
        onClose={() => setAsked(null)}
        title={asked === "off" ? t("confirmOff") : t("confirmClosed")}
        actions={
          <Button variant="danger" onClick={() => asked && change(asked)}>
            {t("confirm")}
          </Button>
        }
      >
        <p>{asked === "off" ? t("confirmOffText", { count: waiting }) : t("confirmClosedText")}</p>
      </Dialog>
    </section>
  );
}
