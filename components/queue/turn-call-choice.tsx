"use client";

import { Bell, BellOff, Volume2, VolumeX } from "lucide-react";
import { useTranslations } from "next-intl";
import { useEffect, useState } from "react";
import { Button } from "@/components/ui/button";
import { askToNotify, canNotify, readySound } from "./turn-call";

let sound = false;

/** Whether the fan asked for a sound on this page. */
export const soundWanted = (): boolean => sound;

/** How a fan who looks elsewhere wants to be called. Nothing is asked before a press. */
export function TurnCall({ title }: { title: string }) {
  const t = useTranslations("queue.call");
  const [permission, setPermission] = useState<NotificationPermission | "none" | null>(null);
  const [loud, setLoud] = useState(sound);
  useEffect(() => setPermission(canNotify() ? Notification.permission : "none"), []);
  return (
    <section aria-label={t("label", { title })}>
      <h2 className="font-semibold">{t("title")}</h2>
      <p className="mt-1 text-muted text-sm">{permission === "denied" ? t("denied") : t("text")}</p>
      <div className="mt-3 flex flex-wrap gap-2">
        {permission !== "none" && permission !== "denied" && (
          <Button
            size="sm"
            variant="outline"
            aria-pressed={permission === "granted"}
            disabled={permission === null}
            onClick={() => void askToNotify().then(setPermission)}
          >
            {permission === "granted" ? (
              <Bell aria-hidden="true" className="size-4" />
            ) : (
              <BellOff aria-hidden="true" className="size-4" />
            )}
            {permission === "granted" ? t("notifyOn") : t("notify")}
          </Button>
        )}
        <Button
          size="sm"
          variant="outline"
          aria-pressed={loud}
          onClick={() => {
            sound = !loud;
            if (sound) readySound();
            setLoud(sound);
          }}
        >
          {loud ? <Volume2 aria-hidden="true" className="size-4" /> : <VolumeX aria-hidden="true" className="size-4" />}
          {loud ? t("soundOn") : t("sound")}
        </Button>
      </div>
    </section>
  );
}
