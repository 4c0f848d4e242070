/** A line of a title, set solid: `rise` above its baseline and `fall` below it are what its letters really take. */
export type Line = { text: string; size: number; fills: boolean; rise: number; fall: number };

const HANGUL_AND_CO = /[\u1100-\u11ff\u3130-\u318f\uac00-\ud7af\u3000-\u9fff\uff00-\uffef]/;

/** How wide a letter of Pretendard ExtraBold stands, in ems, with the tight setting that titles have here. */
function em(letter: string): number {
  if (/\s/.test(letter)) return 0.22;
  if (HANGUL_AND_CO.test(letter)) return 0.84;
  if (/[iIl.,:;'’!|]/.test(letter)) return 0.27;
  if (/[mwMW@%]/.test(letter)) return 0.86;
  if (/[A-Z&]/.test(letter)) return 0.66;
  if (/[0-9]/.test(letter)) return 0.6;
  return 0.54;
}

const ems = (text: string): number => [...text].reduce((sum, letter) => sum + em(letter), 0);

/** What a line's letters take above and below the baseline, in ems. */
function extent(text: string): { rise: number; fall: number } {
  if (HANGUL_AND_CO.test(text)) return { rise: 0.83, fall: 0.1 };
  return { rise: 0.73, fall: /[gjpqyQ,;]/.test(text) ? 0.19 : 0.01 };
}

/** Every way to break `words` into lines, or for long titles one even way. */
function breaks(words: string[]): string[][] {
  if (words.length > 7) {
    const lines = Math.min(7, Math.ceil(words.length / 2));
    const per = Math.ceil(words.length / lines);
    return [Array.from({ length: lines }, (_, i) => words.slice(i * per, (i + 1) * per).join(" ")).filter(Boolean)];
  }
  return Array.from({ length: 2 ** (words.length - 1) }, (_, cut) => {
    const lines: string[] = [];
    for (const [i, word] of words.entries()) {
      const startsLine = i === 0 || (cut >> (i - 1)) & 1;
      if (startsLine) lines.push(word);
      else lines[lines.length - 1] += ` ${word}`;
    }
    return lines;
  });
}

/** Letters of a line no larger than this part of the measure, so that one syllable does not become a wall. */
const TALLEST = 0.62;

/** Between two lines, as a part of the measure. */
const GAP = 0.032;

const heights = (lines: readonly Line[]): number => lines.reduce((sum, { rise, fall }) => sum + rise + fall, 0);

/** The height of a set title for that measure. */
export const blockHeight = (lines: readonly Line[], measure: number): number =>
  heights(lines) + (lines.length - 1) * measure * GAP;

export const lineGap = (measure: number): number => measure * GAP;

/** Sets a title as stacked lines that fill `measure`, broken so that the block comes nearest to `height`. */
export function setTitle(title: string, measure: number, height: number): Line[] {
  const settings = breaks(title.trim().split(/\s+/)).map((lines) =>
    lines.map((text): Line => {
      const full = measure / ems(text);
      const size = Math.min(full, measure * TALLEST);
      const { rise, fall } = extent(text);
      return { text, size, fills: full === size, rise: rise * size, fall: fall * size };
    }),
  );
  const cost = (lines: Line[]) => {
    const tall = blockHeight(lines, measure);
    const ragged = lines.length > 1 ? lines.filter(({ fills }) => !fills).length * height * 0.4 : 0;
    return (tall > height ? (tall - height) * 3 : height - tall) + ragged;
  };
  const best = settings.reduce((a, b) => (cost(b) < cost(a) ? b : a));
  const gaps = (best.length - 1) * measure * GAP;
  const shrink = Math.min(1, (height - gaps) / heights(best));
  return best.map(({ text, size, fills, rise, fall }) => ({
    text,
    size: size * shrink,
    fills: fills && shrink === 1,
    rise: rise * shrink,
    fall: fall * shrink,
  }));
}
