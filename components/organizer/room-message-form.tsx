"use client";

import { useTranslations } from "next-intl";
import type { FormEvent } from "react";
import { read } from "@/components/api-client";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Field, fieldProps, TextArea } from "@/components/ui/field";
import type { RoomMessage, RoomSettings } from "@/lib/queue/schema";
import { ActionOutcome } from "./action-outcome";
import { useRoomAction } from "./use-room-action";

type Props = { concertId: string; settings: RoomSettings; onSaved: (settings: RoomSettings) => void };

/** Words to everyone in line, in both languages. */
export function RoomMessageForm({ concertId, settings, onSaved }: Props) {
  const t = useTranslations("organizer.room.wordsToLine");
  const { pending, outcome, run } = useRoomAction(t("both"));
  const shown = settings.message;

  const tell = (message: RoomMessage | null) =>
    run(async () => {
      const path = `/admin/concerts/${concertId}/waiting-room`;
      onSaved(await read<RoomSettings>(path, { method: "PATCH", body: { message } }));
      return message ? t("sent") : t("removed");
    });
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    void tell({ ko: String(form.get("ko")), en: String(form.get("en")) });
  }
  return (
    <section aria-labelledby="message">
      <h2 id="message" className="mb-1 text-heading">
        {t("title")}
      </h2>
      <p className="mb-4 text-muted">{t("lead")}</p>
      <Card>
        <form key={JSON.stringify(shown)} onSubmit={submit} className="grid gap-6 sm:grid-cols-2">
          {(["ko", "en"] as const).map((language) => (
            <Field key={language} id={`message-${language}`} label={t(language)}>
              <TextArea
                {...fieldProps(`message-${language}`)}
                name={language}
                lang={language}
                required
                maxLength={300}
                defaultValue={shown?.[language] ?? ""}
              />
            </Field>
          ))}
          <div className="space-y-3 sm:col-span-2">
            <div className="flex flex-wrap gap-3">
              <Button type="submit" pending={pending}>
                {t("send")}
              </Button>
              {shown && (
                <Button variant="outline" pending={pending} onClick={() => tell(null)}>
                  {t("remove")}
                </Button>
              )}
            </div>
            <ActionOutcome outcome={outcome} />
          </div>
        </form>
      </Card>
    </section>
  );
}
