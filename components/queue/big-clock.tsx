import { useTranslations } from "next-intl";
import { clockText } from "@/components/clock-text";

/** A countdown as the page's main thing. Read out only when somebody goes there: a clock that speaks is no help. */
export function BigClock({ seconds, label }: { seconds: number | null; label: string }) {
  const t = useTranslations("queue");
  const days = Math.floor((seconds ?? 0) / 86_400);
  return (
    <p
      role="timer"
      aria-label={label}
      className="mt-2 font-extrabold text-[clamp(3.25rem,16vw,6.5rem)] tabular-nums leading-none tracking-[-0.05em]"
    >
      {seconds === null ? (
        <span className="text-line-strong">–:––</span>
      ) : days > 0 ? (
        <>
          {t("days", { count: days })} <span className="whitespace-nowrap">{clockText(seconds % 86_400)}</span>
        </>
      ) : (
        clockText(seconds)
      )}
    </p>
  );
}
