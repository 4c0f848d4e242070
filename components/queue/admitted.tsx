"use client";

import { useTranslations } from "next-intl";
import { useEffect, useState } from "react";
import { clockText } from "@/components/clock-text";
import { Button } from "@/components/ui/button";
import { useCountdown } from "@/components/use-countdown";
import { Link, useRouter } from "@/i18n/navigation";
import type { QueueView } from "@/lib/queue/schema";
import { DeferTurn } from "./defer-turn";
import type { RoomConcert } from "./room-concert";
import { callFan, markIcon } from "./turn-call";
import { soundWanted } from "./turn-call-choice";
import type { Line } from "./use-line";

/** A fan who looks is taken on by itself after so many seconds. */
const GO_ON_SECONDS = 4;

/** A button on the accent, where the house's own would not be seen. */
const GO =
  "mt-7 flex min-h-14 items-center justify-center rounded-control bg-white px-7 font-semibold text-[#2733ff] text-lg no-underline hover:bg-white/90 focus-visible:outline-white";

/** The turn has come: calls the fan, shows until when it holds, and goes on to the dates. */
export function Admitted({ line, view, concert }: { line: Line; view: QueueView; concert: RoomConcert }) {
  const t = useTranslations("queue.admitted");
  const router = useRouter();
  const left = useCountdown(view.admittedUntil);
  const [goingOn, setGoingOn] = useState<number | null>(null);
  const dates = `/concerts/${concert.slug}/dates`;

  useEffect(() => {
    const takeBack = markIcon();
    callFan({ title: t("callTitle"), body: concert.title, tag: `turn-${concert.id}`, sound: soundWanted() });
    return takeBack;
  }, [t, concert.id, concert.title]);

  useEffect(() => {
    // Once for each turn: whoever comes back to this page has a reason to.
    const wentKey = `frontrow.went-on.${concert.id}`;
    try {
      if (sessionStorage.getItem(wentKey) === view.admittedAt) return;
    } catch {
      return;
    }
    let seconds = GO_ON_SECONDS;
    const timer = setInterval(() => {
      if (document.visibilityState !== "visible") return;
      seconds--;
      setGoingOn(seconds);
      if (seconds > 0) return;
      clearInterval(timer);
      sessionStorage.setItem(wentKey, view.admittedAt ?? "");
      router.push(dates);
    }, 1_000);
    const stay = () => {
      clearInterval(timer);
      setGoingOn(null);
      sessionStorage.setItem(wentKey, view.admittedAt ?? "");
    };
    document.addEventListener("frontrow:stay", stay);
    return () => {
      clearInterval(timer);
      document.removeEventListener("frontrow:stay", stay);
    };
  }, [concert.id, dates, router, view.admittedAt]);

  return (
    <section className="pt-8 sm:pt-10">
      <div className="animate-rise rounded-card bg-accent p-6 text-on-accent sm:p-9">
        <h1 className="text-title">{t("title")}</h1>
        <p className="mt-3 text-lg">{t("text")}</p>
        <p
          role="timer"
          aria-label={t("countdown")}
          className="mt-6 font-extrabold text-[clamp(3.25rem,16vw,6rem)] tabular-nums leading-none tracking-[-0.05em]"
        >
          {left === null ? "–:––" : clockText(left)}
        </p>
        <Link href={dates} className={GO}>
          {t("go")}
        </Link>
      </div>
      {goingOn !== null && goingOn > 0 && (
        <div className="mt-4 flex flex-wrap items-center justify-between gap-3 text-muted">
          <p>{t("goingOn", { seconds: goingOn })}</p>
          <Button variant="ghost" size="sm" onClick={() => document.dispatchEvent(new Event("frontrow:stay"))}>
            {t("stay")}
          </Button>
        </div>
      )}
      {(view.deferralsLeft ?? 0) > 0 && <DeferTurn line={line} left={view.deferralsLeft ?? 0} />}
    </section>
  );
}
