"use client";

import { useTranslations } from "next-intl";
import { type FormEvent, useState } from "react";
import { read } from "@/components/api-client";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Dialog } from "@/components/ui/dialog";
import { Field, fieldProps, Select } from "@/components/ui/field";
import { Notice } from "@/components/ui/notice";
import type { RoomSettings } from "@/lib/queue/schema";
import { ActionOutcome } from "./action-outcome";
import { useRoomAction } from "./use-room-action";

const MINUTES = [1, 3, 5, 10, 30, 60];

type Props = {
  concertId: string;
  settings: RoomSettings;
  waiting: number;
  inside: number;
  onSaved: (settings: RoomSettings) => void;
  onDone: () => void;
};

/** What is done to a running room once: more time for those inside, and letting the line run out. */
export function RoomSteps({ concertId, settings, waiting, inside, onSaved, onDone }: Props) {
  const t = useTranslations("organizer.room.steps");
  return (
    <section aria-labelledby="steps">
      <h2 id="steps" className="mb-4 text-heading">
        {t("title")}
      </h2>
      <div className="grid gap-3 md:grid-cols-2">
        <Extension concertId={concertId} onDone={onDone} />
        <Drain concertId={concertId} settings={settings} waiting={waiting} inside={inside} onSaved={onSaved} />
      </div>
    </section>
  );
}

function Extension({ concertId, onDone }: { concertId: string; onDone: () => void }) {
  const t = useTranslations("organizer.room.steps");
  const { pending, outcome, run } = useRoomAction();
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const seconds = Number(new FormData(event.currentTarget).get("minutes")) * 60;
    void run(async () => {
      const path = `/admin/concerts/${concertId}/waiting-room/extension`;
      const { extended } = await read<{ extended: number }>(path, { method: "POST", body: { seconds } });
      onDone();
      return t("given", { count: extended });
    });
  }
  return (
    <Card>
      <form onSubmit={submit} className="space-y-4">
        <h3 className="font-bold">{t("extend")}</h3>
        <p className="text-muted text-sm">{t("extendText")}</p>
        <Field id="extension" label={t("howLong")}>
          <Select {...fieldProps("extension")} name="minutes" defaultValue={5}>
            {MINUTES.map((minutes) => (
              <option key={minutes} value={minutes}>
                {t("minutes", { minutes })}
              </option>
            ))}
          </Select>
        </Field>
        <Button type="submit" variant="outline" pending={pending}>
          {t("give")}
        </Button>
        <ActionOutcome outcome={outcome} />
      </form>
    </Card>
  );
}

function Drain({ concertId, settings, waiting, inside, onSaved }: Omit<Props, "onDone">) {
  const t = useTranslations("organizer.room.steps");
  const [asked, setAsked] = useState(false);
  const { pending, outcome, run } = useRoomAction();
  const { drainingSince, drainedAt } = settings;
  const drain = () => {
    setAsked(false);
    void run(async () => {
      onSaved(await read<RoomSettings>(`/admin/concerts/${concertId}/waiting-room/drain`, { method: "POST" }));
      return null;
    });
  };
  return (
    <Card className="space-y-4">
      <h3 className="font-bold">{t("drain")}</h3>
      <p className="text-muted text-sm">{t("drainText")}</p>
      {drainingSince ? (
        <Notice title={drainedAt ? t("drained") : t("draining")}>
          {drainedAt ? t("drainedText") : t("drainingText", { waiting, inside })}
        </Notice>
      ) : (
        <Button variant="danger" pending={pending} onClick={() => setAsked(true)}>
          {t("drainStart")}
        </Button>
      )}
      <ActionOutcome outcome={outcome} />
      <Dialog
        open={asked}
        onClose={() => setAsked(false)}
        title={t("confirmDrain")}
        actions={
          <Button variant="danger" onClick={drain}>
            {t("drainStart")}
          </Button>
        }
      >
        <p>{t("confirmDrainText", { count: waiting })}</p>
      </Dialog>
    </Card>
  );
}
