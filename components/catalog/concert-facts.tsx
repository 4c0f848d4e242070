import { useLocale, useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { DateTime } from "@/components/ui/date-time";
import { formatDate } from "@/components/ui/format-date";
import { Money } from "@/components/ui/money";
import { type ShownConcert, seatsByTier } from "./concert-view";

export function Part({ title, children }: { title: ReactNode; children: ReactNode }) {
  return (
    <section className="border-line border-t pt-7">
      <h2 className="mb-5 text-heading">{title}</h2>
      {children}
    </section>
  );
}

/** Every date in the venue's own time, those gone by struck out. */
export function Dates({ concert, now }: { concert: ShownConcert; now: Date }) {
  const t = useTranslations("catalog.concert");
  const locale = useLocale();
  const { timeZone } = concert.venue;
  const part = (at: Date, options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(locale, { ...options, timeZone }).format(at);
  return (
    <Part title={t("dates")}>
      <ul className="divide-y divide-line">
        {concert.performances.map(({ id, startsAt }) => {
          const over = startsAt <= now;
          return (
            <li key={id} className={`flex items-baseline gap-5 py-3.5 first:pt-0 ${over ? "text-muted" : ""}`}>
              <span
                aria-hidden="true"
                className={`w-20 shrink-0 font-extrabold text-2xl tabular-nums tracking-tight ${over ? "line-through" : ""}`}
              >
                {part(startsAt, { month: "numeric", day: "numeric" }).replace(/\s/g, "").replace(/\.$/, "")}
              </span>
              <span className="flex-1">
                <DateTime at={startsAt} timeZone={timeZone} style="date" />
              </span>
              <span className="font-semibold tabular-nums">
                {over ? t("dateOver") : formatDate(startsAt, { locale, timeZone, style: "time" })}
              </span>
            </li>
          );
        })}
      </ul>
      <p className="mt-4 text-muted text-sm">{t("zone", { zone: timeZone.replace("_", " ") })}</p>
    </Part>
  );
}

/** Prices, each with a bar as long as its share of the house. */
export function Tiers({ concert }: { concert: ShownConcert }) {
  const t = useTranslations("catalog.concert");
  const tiers = seatsByTier(concert);
  const most = Math.max(...tiers.map(({ seats }) => seats));
  return (
    <Part title={t("tiers")}>
      <ul className="space-y-4">
        {tiers.map(({ name, price, seats, sections }) => (
          <li key={name}>
            <p className="flex items-baseline justify-between gap-4">
              <span className="font-bold text-lg">{name}</span>
              <span className="font-semibold text-lg">
                <Money amount={price} currency={concert.currency} />
              </span>
            </p>
            <div aria-hidden="true" className="mt-1.5 h-1 overflow-hidden rounded-full bg-sunken">
              <div className="h-full rounded-full bg-ink" style={{ width: `${Math.max(2, (seats / most) * 100)}%` }} />
            </div>
            <p className="mt-1.5 text-muted text-sm">
              {t("tierSeats", { count: seats })}
              {sections > 1 && ` · ${t("sections", { count: sections })}`}
            </p>
          </li>
        ))}
      </ul>
    </Part>
  );
}

export function Rules({ concert }: { concert: ShownConcert }) {
  const t = useTranslations("catalog.concert");
  const { holdSeconds, refundUntilHours } = concert;
  const rules = [
    t("ruleMax", { count: concert.maxSeatsPerFan }),
    holdSeconds % 60 === 0
      ? t("ruleHold", { minutes: holdSeconds / 60 })
      : t("ruleHoldSeconds", { seconds: holdSeconds }),
    refundUntilHours > 0 ? t("ruleRefund", { hours: refundUntilHours }) : t("ruleRefundUntilStart"),
    t("rulePay"),
    t("ruleTicket"),
  ];
  return (
    <Part title={t("rules")}>
      <ul className="list-disc space-y-2 pl-5 marker:text-line-strong">
        {rules.map((rule) => (
          <li key={rule}>{rule}</li>
        ))}
      </ul>
    </Part>
  );
}

export function Steps({ concert }: { concert: ShownConcert }) {
  const t = useTranslations("catalog.concert");
  const { holdSeconds } = concert;
  const steps = [
    [t("step1"), t("step1Text")],
    [t("step2"), t("step2Text")],
    [
      holdSeconds % 60 === 0 ? t("step3", { minutes: holdSeconds / 60 }) : t("step3Seconds", { seconds: holdSeconds }),
      t("step3Text"),
    ],
    [t("step4"), t("step4Text")],
  ] as const;
  return (
    <Part title={t("steps")}>
      <ol className="grid gap-x-8 gap-y-6 sm:grid-cols-2">
        {steps.map(([title, text], i) => (
          <li key={title} className="flex gap-4">
            <span aria-hidden="true" className="font-extrabold text-3xl text-line-strong leading-none tabular-nums">
              {i + 1}
            </span>
            <div>
              <p className="font-bold">{title}</p>
              <p className="text-muted">{text}</p>
            </div>
          </li>
        ))}
      </ol>
    </Part>
  );
}
