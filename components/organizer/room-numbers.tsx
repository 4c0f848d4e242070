"use client";

import { useFormatter, useTranslations } from "next-intl";
import { clockText } from "@/components/clock-text";
import { Card } from "@/components/ui/card";
import { Money } from "@/components/ui/money";
import type { QueueStats } from "@/lib/queue/schema";

export type Numbers = { seats: { available: number; held: number; sold: number }; revenue: number };

/** The room as it is: who waits, who is inside, what is sold. */
export function RoomNumbers({ stats, currency }: { stats: QueueStats & Numbers; currency: string }) {
  const t = useTranslations("organizer.room");
  const format = useFormatter();
  const { available, held, sold } = stats.seats;
  const total = Math.max(1, available + held + sold);
  const wait = (seconds: number | null) => (seconds === null ? t("none") : clockText(seconds));
  const small = (label: string, value: string) => (
    <div>
      <dt className="text-muted text-sm">{label}</dt>
      <dd className="font-bold text-heading tabular-nums">{value}</dd>
    </div>
  );
  return (
    <section aria-labelledby="numbers">
      <h2 id="numbers" className="mb-4 text-heading">
        {t("numbers")}
      </h2>
      <div className="grid gap-3 md:grid-cols-3">
        <Card className="md:col-span-2">
          <dl className="grid grid-cols-3 gap-4">
            {(["waiting", "admitted"] as const).map((name) => (
              <div key={name}>
                <dt className="text-muted text-sm">{t(name)}</dt>
                <dd className="text-title tabular-nums">{format.number(stats[name])}</dd>
              </div>
            ))}
            <div>
              <dt className="text-muted text-sm">{t("perMinute")}</dt>
              <dd className="text-title tabular-nums">{format.number(stats.admittedPerMinute)}</dd>
            </div>
          </dl>
          <dl className="mt-8 flex flex-wrap gap-x-10 gap-y-4">
            {small(t("completed"), format.number(stats.completed))}
            {small(t("left"), format.number(stats.left))}
            {small(t("expired"), format.number(stats.expired))}
            {small(`${t("wait")}, ${t("p50")}`, wait(stats.waitSecondsP50))}
            {small(`${t("wait")}, ${t("p90")}`, wait(stats.waitSecondsP90))}
          </dl>
        </Card>
        <Card>
          <p className="text-muted text-sm">{t("revenue")}</p>
          <p className="text-title">
            <Money amount={stats.revenue} currency={currency} />
          </p>
          <p className="mt-5 mb-2 text-muted text-sm">{t("seats")}</p>
          <div className="flex h-3 overflow-hidden rounded-full bg-sunken" aria-hidden="true">
            <div className="bg-accent" style={{ width: `${(sold / total) * 100}%` }} />
            <div className="bg-warn" style={{ width: `${(held / total) * 100}%` }} />
          </div>
          <dl className="mt-3 flex gap-5 text-sm tabular-nums">
            {(["sold", "held", "available"] as const).map((name) => (
              <div key={name}>
                <dt className="text-muted">{t(name)}</dt>
                <dd className="font-semibold">{format.number(stats.seats[name])}</dd>
              </div>
            ))}
          </dl>
        </Card>
      </div>
    </section>
  );
}
