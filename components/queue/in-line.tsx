"use client";

import { useLocale, useTranslations } from "next-intl";
import { clockText } from "@/components/clock-text";
import { DateTime } from "@/components/ui/date-time";
import { Notice } from "@/components/ui/notice";
import { useCountdown } from "@/components/use-countdown";
import type { QueueView } from "@/lib/queue/schema";
import { behind, mayMissOut, progress } from "./place";
import type { RoomConcert } from "./room-concert";
import type { Line } from "./use-line";
import { Wait } from "./wait";

/** The place in line: how many are ahead, how long it may take, and what comes next. */
export function InLine({ line, view, concert }: { line: Line; view: QueueView; concert: RoomConcert }) {
  const t = useTranslations("queue");
  const locale = useLocale();
  const number = (value: number) => new Intl.NumberFormat(locale).format(value);
  const share = progress(line.place, view);
  const soldOut = view.seatsLeft <= 0;
  const soldOutMeanwhile = soldOut && line.place?.sawSeats === true;
  const opensIn = useCountdown(view.opensAt);
  return (
    <section className="pt-8 sm:pt-10">
      <h1 className="font-semibold text-lg text-muted">{t("waiting.title")}</h1>
      <p className="mt-1 font-extrabold text-[clamp(4.5rem,24vw,9rem)] leading-[0.95] tracking-[-0.055em]">
        {number(view.position ?? 0)}
      </p>
      <p className="mt-4 text-lg">
        {view.position === 1 ? t("waiting.next") : t("waiting.ahead", { count: view.ahead ?? 0 })}
      </p>

      <div
        role="progressbar"
        aria-label={t("waiting.progress")}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(share * 100)}
        className="mt-7 h-2.5 overflow-hidden rounded-full bg-sunken"
      >
        <div
          className="h-full min-w-2.5 origin-left rounded-full bg-accent transition-[width] duration-1000 ease-out"
          style={{ width: `${Math.round(share * 1000) / 10}%` }}
        />
      </div>

      <dl className="mt-7 grid grid-cols-3 divide-x divide-line rounded-card border border-line bg-surface">
        <Fact name={t("waiting.wait")}>
          <Wait view={view} />
        </Fact>
        <Fact name={t("waiting.behind")}>{t("people", { count: behind(view) })}</Fact>
        <Fact name={t("waiting.seatsLeft")}>{t("seats", { count: Math.max(0, view.seatsLeft) })}</Fact>
      </dl>

      {opensIn !== null && opensIn > 0 && (
        <Notice className="mt-5" title={t("early.title")}>
          <p className="font-bold text-lg tabular-nums">
            {opensIn < 86_400 && <span>{clockText(opensIn)} · </span>}
            <DateTime at={view.opensAt} timeZone={concert.venue.timeZone} />
          </p>
          <p>{t("early.text")}</p>
        </Notice>
      )}
      {view.deferred && (
        <Notice className="mt-5" title={t("deferred.title")}>
          {t("deferred.text")}
        </Notice>
      )}
      {view.mode === "paused" && (
        <Notice className="mt-5" title={t("paused.title")}>
          {t("paused.text")}
        </Notice>
      )}
      {soldOut ? (
        <Notice tone="warn" className="mt-5" title={soldOutMeanwhile ? t("soldOut.meanwhile") : t("soldOut.title")}>
          {t("soldOut.text")}
        </Notice>
      ) : (
        mayMissOut(view) && (
          <Notice tone="warn" className="mt-5" title={t("missOut.title")}>
            {t("missOut.text", { ahead: view.ahead ?? 0, seats: view.seatsLeft })}
          </Notice>
        )
      )}

      <h2 className="mt-10 text-heading">{t("next.title")}</h2>
      <ol className="mt-4 space-y-4">
        {[t("next.stay"), t("next.turn"), t("next.pick")].map((text, i) => (
          <li key={text} className="flex gap-4">
            <span className="grid size-7 shrink-0 place-items-center rounded-full bg-sunken font-bold text-sm tabular-nums">
              {i + 1}
            </span>
            <span className="text-ink/90">{text}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div className="min-w-0 px-3 py-4 sm:px-5">
      <dt className="text-muted text-sm">{name}</dt>
      <dd className="mt-1 font-bold text-[1.0625rem] tabular-nums sm:text-xl">{children}</dd>
    </div>
  );
}
