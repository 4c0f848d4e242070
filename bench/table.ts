import type { Figure } from "./figure";

const HEAD = ["what", "product", "its limit or rival", "limit", "ratio", "bar", "verdict"];

/** The figures as a Markdown table that is also readable as it stands. */
export function tableOf(figures: Figure[]): string {
  const rows = figures.map(({ what, product, limit, ratio, bar }) => [
    what,
    product,
    limit?.name ?? "",
    limit?.value ?? "",
    ratio?.toFixed(2) ?? "",
    bar?.words ?? "",
    bar ? (bar.isKept ? "kept" : "MISSED") : "",
  ]);
  const all = [HEAD, ...rows];
  const widths = HEAD.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const line = (row: string[]) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  const rule = `|${widths.map((width) => "-".repeat(width + 2)).join("|")}|`;
  return [line(HEAD), rule, ...rows.map(line)].join("\n");
}
