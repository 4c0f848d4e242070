"use client";

import { useFormatter, useLocale, useTranslations } from "next-intl";
import { useEffect, useState } from "react";
import { read } from "@/components/api-client";
import { Field, Select } from "@/components/ui/field";
import { formatDate } from "@/components/ui/format-date";
import type { Wire } from "@/components/wire";
import type { DoorCount } from "@/lib/tickets/schema";
import { useLive } from "./use-live";

type Concert = { id: string; title: string; venue: { timeZone: string } };

/** Which door this is; no performance: any ticket of any concert. */
export type Door = { concertId: string; performanceId: string; timeZone: string };

const KEPT = "frontrow.door";
const COUNT_MS = 4000;
/** A performance that began this long ago is over: the door opens for the next one. */
const OVER_MS = 4 * 3_600_000;

function recall(): Door | null {
  try {
    return JSON.parse(localStorage.getItem(KEPT) ?? "null") as Door | null;
  } catch {
    return null;
  }
}

function keep(door: Door | null): void {
  try {
    localStorage.setItem(KEPT, JSON.stringify(door));
  } catch {}
}

/** The performance that people are coming to: the first that is not over. */
const nextOf = (counts: readonly Wire<DoorCount>[]): string =>
  (counts.find(({ startsAt }) => Date.parse(startsAt) > Date.now() - OVER_MS) ?? counts.at(-1))?.performanceId ?? "";

/** Chooses the performance that this door is for, and shows how many of its people have come. */
export function DoorChoice({ door, onChoose }: { door: Door | null; onChoose: (door: Door | null) => void }) {
  const t = useTranslations("door");
  const [concerts, setConcerts] = useState<Concert[]>([]);
  const [chosen, setChosen] = useState("");

  useEffect(() => {
    const stop = new AbortController();
    read<{ items: Concert[] }>("/admin/concerts?limit=100", { signal: stop.signal }).then(
      ({ items }) => {
        setConcerts(items);
        const kept = recall();
        if (!kept || !items.some(({ id }) => id === kept.concertId)) return;
        setChosen(kept.concertId);
        onChoose(kept);
      },
      // Without the list every ticket is checked, as before choosing.
      () => {},
    );
    return () => stop.abort();
  }, [onChoose]);

  const concert = concerts.find(({ id }) => id === chosen);
  const choose = (next: Door | null) => {
    keep(next);
    onChoose(next);
  };
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <Field id="door-concert" label={t("concert")}>
        <Select
          id="door-concert"
          value={chosen}
          onChange={(change) => {
            setChosen(change.target.value);
            if (change.target.value === "") choose(null);
          }}
        >
          <option value="">{t("anyConcert")}</option>
          {concerts.map(({ id, title }) => (
            <option key={id} value={id}>
              {title}
            </option>
          ))}
        </Select>
      </Field>
      {concert && <Performances key={concert.id} concert={concert} door={door} onChoose={choose} />}
    </div>
  );
}

function Performances({
  concert,
  door,
  onChoose,
}: {
  concert: Concert;
  door: Door | null;
  onChoose: (door: Door) => void;
}) {
  const t = useTranslations("door");
  const format = useFormatter();
  const locale = useLocale();
  const { timeZone } = concert.venue;
  const { data } = useLive<{ items: Wire<DoorCount>[] }>(`/admin/concerts/${concert.id}/check-ins`, COUNT_MS);
  const here = data?.items.find(({ performanceId }) => performanceId === door?.performanceId);
  const first = data && !here ? nextOf(data.items) : "";

  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the concert's performances are known.
  useEffect(() => {
    if (first) onChoose({ concertId: concert.id, performanceId: first, timeZone });
  }, [first]);

  if (!data) return null;
  return (
    <>
      <Field id="door-performance" label={t("performance")}>
        <Select
          id="door-performance"
          value={here?.performanceId ?? ""}
          onChange={(change) => onChoose({ concertId: concert.id, performanceId: change.target.value, timeZone })}
        >
          {data.items.map(({ performanceId, startsAt }) => (
            <option key={performanceId} value={performanceId}>
              {formatDate(startsAt, { locale, timeZone, style: "short" })}
            </option>
          ))}
        </Select>
      </Field>
      {here && (
        <div className="sm:col-span-2">
          <p className="flex items-baseline justify-between gap-4">
            <span className="font-semibold text-sm">{t("come")}</span>
            <span className="text-heading tabular-nums">
              {format.number(here.checkedIn)}
              <span className="font-medium text-base text-muted"> / {format.number(here.tickets)}</span>
            </span>
          </p>
          <div aria-hidden="true" className="mt-2 h-2.5 overflow-hidden rounded-full bg-sunken">
            <div
              className="h-full rounded-full bg-good transition-[width]"
              style={{ width: `${here.tickets > 0 ? (here.checkedIn / here.tickets) * 100 : 0}%` }}
            />
          </div>
        </div>
      )}
    </>
  );
}
