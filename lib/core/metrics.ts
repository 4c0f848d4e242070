import { errorFields, log } from "./log";
import { oncePerProcess } from "./registry";

/** What tells the series of one metric apart, such as `{ source: "memory" }`. */
export type Labels = Record<string, string>;
export type Sample = { labels?: Labels; value: number };

/** One metric with its series, as Prometheus words it. A histogram's samples say what they are by `suffix`. */
export type Metric = {
  /** Lower case with underscores, begins with `frontrow_`; a counter's ends with `_total`, a unit is part of it. */
  name: string;
  help: string;
  type: "counter" | "gauge" | "histogram";
  samples: (Sample & { suffix?: "_bucket" | "_sum" | "_count" })[];
};

/** One series that only grows; adding costs as much as adding to a number. */
export class Counter {
  value = 0;

  add(by = 1): void {
    this.value += by;
  }
}

type Registered =
  | { type: "counter"; help: string; series: Map<string, { labels: Labels; counter: Counter }> }
  | { type: "gauge"; help: string; read: () => Reading };
type Reading = number | Sample[] | Promise<number | Sample[]>;

const registered = () => oncePerProcess("core.metrics", () => new Map<string, Registered>());

/** The counter of this name and these labels, made on its first mention. Keep it: finding it costs a lookup. */
export function counter(name: string, help: string, labels: Labels = {}): Counter {
  const known = registered().get(name);
  const series = known?.type === "counter" ? known.series : new Map<string, { labels: Labels; counter: Counter }>();
  if (known?.type !== "counter") registered().set(name, { type: "counter", help, series });
  const key = labelText(labels);
  const one = series.get(key) ?? { labels, counter: new Counter() };
  series.set(key, one);
  return one.counter;
}

/** A value that is read when somebody asks; the same name again takes the place of the earlier reading. */
export function gauge(name: string, help: string, read: () => Reading): void {
  registered().set(name, { type: "gauge", help, read });
}

/** Everything that was registered, read now. A gauge that cannot be read is left out. */
export async function readMetrics(): Promise<Metric[]> {
  const read = [...registered()].map(async ([name, one]): Promise<Metric | null> => {
    const { type, help } = one;
    if (one.type === "counter") {
      const samples = [...one.series.values()].map(({ labels, counter }) => ({ labels, value: counter.value }));
      return { name, help, type, samples };
    }
    try {
      const value = await one.read();
      return { name, help, type, samples: typeof value === "number" ? [{ value }] : value };
    } catch (error) {
      log("warn", "metrics.not-read", { name, ...errorFields(error) });
      return null;
    }
  });
  return (await Promise.all(read)).filter((metric) => metric !== null);
}

const escaped = (text: string): string => text.replace(/[\\"\n]/g, (sign) => (sign === "\n" ? "\\n" : `\\${sign}`));

function labelText(labels: Labels = {}): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

/** The media type of `metricsText`. */
export const METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** Metrics in Prometheus's text format. */
export function metricsText(metrics: Metric[]): string {
  const lines: string[] = [];
  for (const { name, help, type, samples } of metrics) {
    lines.push(`# HELP ${name} ${help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n")}`, `# TYPE ${name} ${type}`);
    for (const { suffix = "", labels, value } of samples) lines.push(`${name}${suffix}${labelText(labels)} ${value}`);
  }
  return `${lines.join("\n")}\n`;
}
