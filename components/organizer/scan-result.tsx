"use client";

import { CircleCheck, CircleX, History, WifiOff } from "lucide-react";
import { useLocale, useTranslations } from "next-intl";
import { useProblemText } from "@/components/problem-text";
import { formatDate } from "@/components/ui/format-date";
import type { Outcome, Scan } from "./scan";

const LOOK = {
  good: { frame: "bg-good text-paper", mark: "text-good", Icon: CircleCheck },
  again: { frame: "bg-warn text-paper", mark: "text-warn", Icon: History },
  bad: { frame: "bg-bad text-paper", mark: "text-bad", Icon: CircleX },
  unknown: { frame: "bg-sunken text-ink", mark: "text-muted", Icon: WifiOff },
} as const;

/** The door's own clock, with seconds. */
function useClock(): (at: number | string) => string {
  const locale = useLocale();
  return (at) => new Date(at).toLocaleTimeString(locale, { hour: "numeric", minute: "2-digit", second: "2-digit" });
}

/** What an outcome says, in a few words and in one line. */
function useWords(timeZone: string): (outcome: Outcome) => { title: string; seat: string; text: string } {
  const t = useTranslations("door");
  const locale = useLocale();
  const clock = useClock();
  const problemText = useProblemText();
  return (outcome) => {
    if (outcome.kind === "unknown") return { title: t("unknown"), seat: "", text: problemText(outcome.error) };
    const seat = outcome.seat ? t("seat", outcome.seat) : "";
    if (outcome.kind === "good") return { title: t("ok"), seat, text: `${outcome.title} · ${outcome.seat.tier}` };
    if (outcome.kind === "again")
      return { title: t("already"), seat, text: t("firstAt", { time: clock(outcome.firstAt) }) };
    const other = outcome.reason === "other_performance" && outcome.startsAt;
    return {
      title: t(`bad.${outcome.reason}.title`),
      seat,
      text: other
        ? t("otherAt", { time: formatDate(outcome.startsAt as string, { locale, timeZone, style: "short" }) })
        : t(`bad.${outcome.reason}.text`),
    };
  };
}

/** The last answer, to be read from afar: green, or not. */
export function ScanResult({ scan, timeZone }: { scan: Scan | undefined; timeZone: string }) {
  const t = useTranslations("door");
  const words = useWords(timeZone);
  const { frame, Icon } = LOOK[scan?.outcome.kind ?? "unknown"];
  const said = scan && words(scan.outcome);
  return (
    <div role="status" aria-live="assertive" aria-atomic="true">
      {scan && said ? (
        // A new box for every scan, so that the same answer twice is seen and said twice.
        <div key={scan.id} className={`flex animate-rise items-start gap-4 rounded-card p-6 sm:p-7 ${frame}`}>
          <Icon aria-hidden="true" className="mt-1 size-10 shrink-0" />
          <div className="min-w-0">
            <p className="text-title">{said.title}</p>
            {said.seat && <p className="mt-1 text-heading">{said.seat}</p>}
            <p className="mt-1 font-medium">{said.text}</p>
          </div>
        </div>
      ) : (
        <p className="rounded-card border border-line border-dashed p-6 text-muted sm:p-7">{t("ready")}</p>
      )}
    </div>
  );
}

/** What this device scanned before, newest first. */
export function ScanList({ scans, timeZone }: { scans: readonly Scan[]; timeZone: string }) {
  const t = useTranslations("door");
  const words = useWords(timeZone);
  const clock = useClock();
  if (scans.length === 0) return null;
  return (
    <section aria-labelledby="scans">
      <h2 id="scans" className="mb-2 text-heading">
        {t("scans")}
      </h2>
      <ul className="divide-y divide-line border-line border-y">
        {scans.map(({ id, at, outcome }) => {
          const { mark, Icon } = LOOK[outcome.kind];
          const { title, seat, text } = words(outcome);
          return (
            <li key={id} className="flex items-center gap-3 py-3">
              <Icon aria-hidden="true" className={`size-5 shrink-0 ${mark}`} />
              <p className="min-w-0 flex-1">
                <span className="block font-semibold">{seat || title}</span>
                {outcome.kind !== "good" && (
                  <span className="block text-muted text-sm">{seat ? `${title} · ${text}` : text}</span>
                )}
              </p>
              <time className="shrink-0 text-muted text-sm tabular-nums">{clock(at)}</time>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
