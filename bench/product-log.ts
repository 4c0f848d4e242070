import { readFile } from "node:fs/promises";

/** What the product logged, as counts by event and code, commonest first; lines that are none of its own as they are. */
export async function logInWords(file: string): Promise<string> {
  const counts = new Map<string, number>();
  const strange: string[] = [];
  for (const line of (await readFile(file, "utf8")).split("\n").filter(Boolean)) {
    try {
      const { event, code, leftOut = 0 } = JSON.parse(line) as { event: string; code?: string; leftOut?: number };
      const what = code === undefined ? event : `${event} (${code})`;
      counts.set(what, (counts.get(what) ?? 0) + 1 + leftOut);
    } catch {
      strange.push(line);
    }
  }
  const sorted = [...counts].sort(([, a], [, b]) => b - a);
  return [...sorted.map(([what, count]) => `${count.toLocaleString("en")} × ${what}`), ...strange.slice(0, 20)].join(
    ", ",
  );
}
