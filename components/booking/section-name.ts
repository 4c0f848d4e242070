/** What a section's name says about its place: 0 is the floor before the stage, 1 and up the tiers above; null unknown. */
export function levelOf(name: string): number | null {
  const text = name.trim();
  if (/^(그라운드|플로어|스탠딩|ground|floor|standing|pit|arena|stalls)/i.test(text)) return 0;
  // F1 and F-12, but not "F층".
  if (/^F[- ]?\d+$/i.test(text)) return 0;
  const storey =
    /^(\d{1,2})\s*(층|F\b|st\b|nd\b|rd\b|th\b)/i.exec(text) ?? /^(?:level|tier|block)\s*(\d{1,2})\b/i.exec(text);
  if (storey) return Number(storey[1]);
  const hundreds = /^(\d)\d{2}\b/.exec(text);
  if (hundreds) return Number(hundreds[1]);
  return null;
}

const collator = new Intl.Collator("ko", { numeric: true, sensitivity: "base" });

/** The order people count in: F2 before F10. */
export const byNaturalName = (a: { name: string }, b: { name: string }): number => collator.compare(a.name, b.name);

/** A name short enough to stand on a block of the map: the level goes, as the ring already shows it. */
export function shortName(name: string): string {
  const rest = name
    .trim()
    .replace(/^\d{1,2}\s*층\s*/, "")
    .replace(/^(그라운드|플로어|스탠딩|ground|floor|standing)\s*/i, "");
  return rest === "" ? name.trim() : rest.replace(/구역$/, "");
}
