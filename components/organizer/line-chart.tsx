"use client";

import "uplot/dist/uPlot.min.css";
import { useFormatter, useLocale, useTranslations } from "next-intl";
import { useEffect, useRef, useState } from "react";
import type UPlot from "uplot";
import { useIsDark } from "@/components/booking/use-is-dark";

export type ChartLine = {
  label: string;
  /** A colour of the house by its name, such as `accent-ink`. */
  color: string;
  dashed?: boolean;
  /** Known at some instants only: what lies between two of them is joined. */
  sparse?: boolean;
  /** One per instant; null where nothing is known. */
  values: (number | null)[];
};

type Props = {
  title: string;
  /** Instants in Unix seconds, rising. */
  at: number[];
  lines: ChartLine[];
};

const HEIGHT = 180;

/** What a colour's name stands for in the theme in force, as a canvas takes it. */
function resolved(host: HTMLElement, name: string): string {
  const probe = document.createElement("span");
  probe.style.color = `var(--${name})`;
  host.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

const DAY_SECONDS = 86_400;

/** Instants below the chart, as short as `stepSeconds` between them lets them be told apart. */
function instants(locale: string, splits: number[], stepSeconds: number): string[] {
  const words: Intl.DateTimeFormatOptions =
    stepSeconds >= DAY_SECONDS
      ? { month: "numeric", day: "numeric" }
      : { hour: "numeric", minute: "2-digit", hourCycle: "h23", ...(stepSeconds < 60 ? { second: "2-digit" } : {}) };
  const format = new Intl.DateTimeFormat(locale, words);
  return splits.map((at) => format.format(at * 1000));
}

function optionsFor(host: HTMLElement, lines: ChartLine[], locale: string): UPlot.Options {
  const [muted, line] = [resolved(host, "muted"), resolved(host, "line")];
  const font = `12px ${getComputedStyle(host).fontFamily}`;
  const axis = { stroke: muted, font, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 } };
  return {
    width: host.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    cursor: { drag: { x: false, y: false }, points: { size: 7 } },
    scales: { y: { range: (_, _least, most) => [0, Math.max(1, most * 1.1)] } },
    axes: [
      { ...axis, space: 72, values: (_, splits, _axis, _space, step) => instants(locale, splits, step) },
      { ...axis, size: 56 },
    ],
    series: [
      {},
      ...lines.map(({ label, color, dashed, sparse = false }) => ({
        label,
        stroke: resolved(host, color),
        width: 2,
        ...(dashed ? { dash: [6, 4] } : {}),
        spanGaps: sparse,
        points: { show: sparse, size: 5 },
      })),
    ],
  };
}

/**
 * Lines over time on a canvas, in the theme's colours; its numbers stand in a table beside the charts for those who
 * cannot see it.
 */
export function LineChart({ title, at, lines }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const chart = useRef<UPlot | null>(null);
  const t = useTranslations("organizer.room.history");
  const format = useFormatter();
  const locale = useLocale();
  const [undrawn, setUndrawn] = useState(false);
  const dark = useIsDark();
  const latest = useRef({ at, lines });
  latest.current = { at, lines };
  const shape = lines.map(({ label, color, dashed }) => `${label} ${color} ${dashed}`).join();

  // biome-ignore lint/correctness/useExhaustiveDependencies: another theme or other lines need another chart.
  useEffect(() => {
    const { current } = host;
    if (!current) return;
    let gone = false;
    const size = new ResizeObserver(() => chart.current?.setSize({ width: current.clientWidth, height: HEIGHT }));
    const draw = async () => {
      const { default: Plot } = await import("uplot");
      if (gone) return;
      const { at, lines } = latest.current;
      chart.current = new Plot(optionsFor(current, lines, locale), [at, ...lines.map(({ values }) => values)], current);
      size.observe(current);
    };
    draw().catch(() => setUndrawn(true));
    return () => {
      gone = true;
      size.disconnect();
      chart.current?.destroy();
      chart.current = null;
    };
  }, [dark, shape, locale]);

  useEffect(() => {
    chart.current?.setData([at, ...lines.map(({ values }) => values)]);
  }, [at, lines]);

  return (
    <figure className="min-w-0">
      <figcaption className="mb-2 flex flex-wrap items-baseline gap-x-4 gap-y-1 text-sm">
        <span className="font-semibold">{title}</span>
        {lines.map(({ label, color, dashed, values }) => (
          <span key={label} className="flex items-center gap-1.5 text-muted tabular-nums">
            <span
              aria-hidden="true"
              className={`w-4 border-t-2 ${dashed ? "border-dashed" : ""}`}
              style={{ borderColor: `var(--${color})` }}
            />
            {label} {format.number(values.findLast((value) => value !== null) ?? 0)}
          </span>
        ))}
      </figcaption>
      {undrawn && <p className="text-muted text-sm">{t("undrawn")}</p>}
      <div ref={host} aria-hidden="true" className="w-full not-empty:min-h-[11.25rem]" />
    </figure>
  );
}
