import type { Figure } from "./measure";

const rate = (perSecond: number) => `${Math.round(perSecond).toLocaleString("en")}/s`;

/** The figures as a Markdown table that is also readable as it stands. */
export function tableOf(figures: Figure[]): string {
  const rows = figures.map(({ what, product, limit, limitRate, bar }) => {
    const ratio = limitRate === null ? null : product / limitRate;
    const verdict = bar === undefined || ratio === null ? "" : `≥ ${bar}: ${ratio >= bar ? "kept" : "MISSED"}`;
    return [what, rate(product), limit, limitRate === null ? "–" : rate(limitRate), ratio?.toFixed(2) ?? "–", verdict];
  });
  const all = [["what", "product", "its limit", "limit", "ratio", "bar"], ...rows];
  const widths = all[0]?.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0))) ?? [];
  const line = (row: string[]) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  const rule = `|${widths.map((width) => "-".repeat(width + 2)).join("|")}|`;
  return [line(all[0] as string[]), rule, ...rows.map(line)].join("\n");
}
