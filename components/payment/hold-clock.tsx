"use client";

import { useTranslations } from "next-intl";
import { clockText } from "@/components/clock-text";
import { LastMinute, WARN_SECONDS } from "@/components/last-minute";

/** How long the seats are still held, by the server's clock; the last minute is said aloud once. */
export function HoldClock({ left, whole }: { left: number | null; whole: number }) {
  const t = useTranslations("payment.clock");
  const isShort = left !== null && left <= WARN_SECONDS;
  const share = left === null || whole <= 0 ? 1 : Math.min(1, left / whole);
  return (
    <div
      className={`rounded-card p-5 transition-colors duration-500 sm:p-6 ${isShort ? "bg-warn-wash" : "bg-accent-wash"}`}
    >
      <div className="flex items-center justify-between gap-5">
        <div className="min-w-0">
          <p className="font-semibold">{isShort ? t("short") : t("title")}</p>
          <p className="mt-0.5 text-muted text-sm">{t("text")}</p>
        </div>
        <p
          role="timer"
          aria-label={t("label")}
          className={`shrink-0 font-extrabold text-[clamp(2.75rem,13vw,4.5rem)] tabular-nums leading-none tracking-[-0.05em] ${isShort ? "text-warn" : "text-accent-ink"}`}
        >
          {left === null ? "–:––" : clockText(left)}
        </p>
      </div>
      <div aria-hidden="true" className="mt-4 h-1.5 overflow-hidden rounded-full bg-ink/10">
        <div
          className={`h-full origin-left rounded-full transition-transform duration-1000 ease-linear ${isShort ? "bg-warn" : "bg-accent"}`}
          style={{ transform: `scaleX(${share})` }}
        />
      </div>
      <LastMinute left={left}>{t("announce")}</LastMinute>
    </div>
  );
}
