"use client";

import { useFormatter, useTranslations } from "next-intl";
import { useCallback, useMemo, useState } from "react";
import { Card } from "@/components/ui/card";
import { Notice } from "@/components/ui/notice";
import { Skeleton } from "@/components/ui/skeleton";
import type { RoomHistory, RoomOutlook } from "@/lib/queue/schema";
import { HistoryTable } from "./history-table";
import { LineChart } from "./line-chart";
import { useLive } from "./use-live";

const EVERY_MS = 5000;
const RANGES = { h1: 3600, h6: 21_600, d1: 86_400, d7: 604_800 } as const;
type Range = keyof typeof RANGES;

/** The room over time. All of it is read from the server, so a refreshed page shows the same. */
export function RoomHistoryCharts({ concertId }: { concertId: string }) {
  const t = useTranslations("organizer.room");
  const [range, setRange] = useState<Range>("h1");
  const query = useCallback(() => `from=${new Date(Date.now() - RANGES[range] * 1000).toISOString()}`, [range]);
  const path = useCallback(() => `/admin/concerts/${concertId}/history?${query()}`, [concertId, query]);
  const { data, error } = useLive<RoomHistory>(path, EVERY_MS);
  return (
    <section aria-labelledby="history">
      <div className="mb-4 flex flex-wrap items-center justify-between gap-3">
        <h2 id="history" className="text-heading">
          {t("history.title")}
        </h2>
        <fieldset className="flex gap-1">
          <legend className="sr-only">{t("history.range")}</legend>
          {(Object.keys(RANGES) as Range[]).map((name) => (
            <button
              key={name}
              type="button"
              aria-pressed={range === name}
              onClick={() => setRange(name)}
              className={`min-h-11 rounded-control px-3 font-semibold text-sm ${range === name ? "bg-accent-wash text-accent-ink" : "text-muted hover:bg-sunken"}`}
            >
              {t(`history.ranges.${name}`)}
            </button>
          ))}
        </fieldset>
      </div>
      <Card className="space-y-6">
        {error != null && <Notice tone="warn">{t("stale")}</Notice>}
        {!data && !error && <Skeleton className="h-64" />}
        {data && <Outlook now={data.now} />}
        {data?.items.length === 0 && <p className="text-muted">{t("history.none")}</p>}
        {data && data.items.length > 0 && <Charts history={data} />}
        {data && data.items.length > 0 && (
          <div className="flex flex-wrap items-start justify-between gap-4">
            <HistoryTable items={data.items} />
            <a
              href={`/api/admin/concerts/${concertId}/history.csv?from=${data.from}`}
              download
              className="inline-flex min-h-11 items-center font-semibold text-accent-ink text-sm underline-offset-4 hover:underline"
            >
              {t("history.csv")}
            </a>
          </div>
        )}
      </Card>
    </section>
  );
}

function Outlook({ now }: { now: RoomOutlook }) {
  const t = useTranslations("organizer.room.history");
  const format = useFormatter();
  const empty = () => {
    if (now.emptyInSeconds === null) return t("emptyUnknown");
    if (now.emptyInSeconds === 0) return t("emptyNow");
    return t("minutes", { minutes: Math.ceil(now.emptyInSeconds / 60) });
  };
  const facts = [
    [t("inflow"), format.number(now.joinedPerMinute)],
    [t("outflow"), format.number(now.admittedPerMinute)],
    [t("abandoned"), format.number(now.departedPerMinute)],
    [t("empty"), empty()],
  ] as const;
  return (
    <div>
      <dl className="grid grid-cols-2 gap-4 lg:grid-cols-4">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt className="text-muted text-sm">{name}</dt>
            <dd className="font-bold text-heading tabular-nums">{value}</dd>
          </div>
        ))}
      </dl>
      <p className="mt-2 text-muted text-xs">{t("lately")}</p>
    </div>
  );
}

/** Without a point there was nothing to tell: the line is broken there, and flows were zero. */
function Charts({ history: { items, stepSeconds } }: { history: RoomHistory }) {
  const t = useTranslations("organizer.room.history");
  const { at, ...values } = useMemo(() => {
    const full: (RoomHistory["items"][0] | null)[] = [];
    const at: number[] = [];
    for (const point of items) {
      const start = Date.parse(point.at) / 1000;
      const last = at.at(-1);
      // One point in a gap breaks the line; more would only cost.
      if (last !== undefined && start - last > Math.max(stepSeconds, point.seconds) * 1.5) {
        at.push(last + stepSeconds);
        full.push(null);
      }
      at.push(start);
      full.push(point);
    }
    const of = (read: (point: RoomHistory["items"][0]) => number | null) =>
      full.map((point) => (point ? read(point) : null));
    const perMinute = (count: number, seconds: number) => Math.round((count * 600) / seconds) / 10;
    const minutes = (seconds: number | null) => (seconds === null ? null : Math.round(seconds / 6) / 10);
    return {
      at,
      waiting: of((point) => point.waiting),
      inside: of((point) => point.inside),
      joined: of((point) => perMinute(point.joined, point.seconds)),
      admitted: of((point) => perMinute(point.admitted + point.invited, point.seconds)),
      departed: of((point) => perMinute(point.departed, point.seconds)),
      p50: of((point) => minutes(point.waitSecondsP50)),
      p90: of((point) => minutes(point.waitSecondsP90)),
      seatsLeft: of((point) => point.seatsLeft),
    };
  }, [items, stepSeconds]);
  const line = (name: keyof typeof values, color: string, dashed = false) => ({
    label: t(name),
    color,
    dashed,
    values: values[name],
  });
  const sparse = (...of: Parameters<typeof line>) => ({ ...line(...of), sparse: true });
  return (
    <div className="grid gap-x-8 gap-y-6 lg:grid-cols-2">
      <LineChart title={t("people")} at={at} lines={[line("waiting", "accent-ink"), line("inside", "good", true)]} />
      <LineChart
        title={t("flow")}
        at={at}
        lines={[line("joined", "accent-ink"), line("admitted", "good", true), line("departed", "warn")]}
      />
      <LineChart title={t("waits")} at={at} lines={[sparse("p50", "accent-ink"), sparse("p90", "warn", true)]} />
      <LineChart title={t("seats")} at={at} lines={[line("seatsLeft", "accent-ink")]} />
    </div>
  );
}
