export type Weight = "medium" | "semibold" | "extrabold";

export type TextStyle = {
  weight: Weight;
  /** The size that is wished for, in points, and the smallest that is borne before words are cut. */
  size: number;
  smallest?: number;
  /** How many lines there may be. */
  lines?: number;
  color: string;
};

export type TextPlace = { x: number; y: number; width: number; align?: "left" | "right" | "center" };

const LEADING = 1.16;

type Doc = PDFKit.PDFDocument;

/**
 * Breaks a text into lines no wider than `width`: between words, so that a Korean word stays whole, and inside a word
 * only if it is too wide alone.
 */
function wrap(doc: Doc, text: string, width: number): string[] {
  const isTooWide = (line: string) => doc.widthOfString(line) > width;
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line ? `${line} ${word}` : word;
    if (!isTooWide(longer)) {
      line = longer;
      continue;
    }
    if (line) lines.push(line);
    line = "";
    for (const character of word) {
      if (line && isTooWide(line + character)) {
        lines.push(line);
        line = "";
      }
      line += character;
    }
  }
  lines.push(line);
  return lines;
}

/** Shortens the last line until its ellipsis fits. */
function cut(doc: Doc, lines: string[], most: number, width: number): string[] {
  if (lines.length <= most) return lines;
  let last = [...(lines[most - 1] ?? "")];
  while (last.length > 0 && doc.widthOfString(`${last.join("")}…`) > width) last = last.slice(0, -1);
  return [...lines.slice(0, most - 1), `${last.join("").trimEnd()}…`];
}

const CONTROLS = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]|\ufe0f/gu;
const EMOJI = /\p{Emoji_Presentation}/gu;

/** One line of text, without what would break it or turn its direction around, and without emoji: no font has them. */
const tame = (text: string): string =>
  text.normalize("NFC").replace(CONTROLS, " ").replace(EMOJI, " ").replace(/\s+/g, " ").trim();

/** The largest size, from the wished one down, at which a text fits its lines; at the smallest it is cut instead. */
export function fitText(
  doc: Doc,
  text: string,
  { width, weight, size, smallest = size, lines: most = 1 }: TextStyle & { width: number },
): { size: number; lines: string[]; height: number } {
  doc.font(weight);
  const whole = tame(text);
  for (let at = size; ; at = Math.max(smallest, at - 1)) {
    doc.fontSize(at);
    const lines = wrap(doc, whole, width);
    // A word that had to be broken looks worse than a smaller size.
    const isBroken = lines.length > 1 && whole.split(" ").some((word) => doc.widthOfString(word) > width);
    if ((lines.length <= most && !isBroken) || at <= smallest) {
      const kept = cut(doc, lines, most, width);
      return { size: at, lines: kept, height: kept.length * at * LEADING };
    }
  }
}

/** Writes a text into its place and gives the y below it. */
export function write(doc: Doc, text: string, place: TextStyle & TextPlace): number {
  const { size, lines, height } = fitText(doc, text, place);
  doc.font(place.weight).fontSize(size).fillColor(place.color);
  lines.forEach((line, index) => {
    const space = place.width - doc.widthOfString(line);
    const shift = place.align === "right" ? space : place.align === "center" ? space / 2 : 0;
    doc.text(line, place.x + shift, place.y + index * size * LEADING, { lineBreak: false });
  });
  return place.y + height;
}
