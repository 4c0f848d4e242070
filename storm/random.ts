/** Numbers in [0, 1). */
export type Random = () => number;

/** Four 32-bit words from a text (cyrb128). */
function hash(text: string): [number, number, number, number] {
  let [a, b, c, d] = [1779033703, 3144134277, 1013904242, 2773480762];
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    a = b ^ Math.imul(a ^ code, 597399067);
    b = c ^ Math.imul(b ^ code, 2869860233);
    c = d ^ Math.imul(c ^ code, 951274213);
    d = a ^ Math.imul(d ^ code, 2716044179);
  }
  return [(a ^ b ^ c ^ d) >>> 0, (b ^ a) >>> 0, (c ^ a) >>> 0, (d ^ a) >>> 0];
}

/** The same numbers for the same words, on every machine (sfc32). */
export function randomOf(...words: (string | number)[]): Random {
  let [a, b, c, d] = hash(words.join(" "));
  const next = () => {
    const t = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + t;
    return (t >>> 0) / 2 ** 32;
  };
  for (let at = 0; at < 12; at += 1) next();
  return next;
}

/** A whole number from `least` to `most`. */
export const between = (random: Random, least: number, most: number): number =>
  least + Math.floor(random() * (most - least + 1));

export const pick = <T>(random: Random, from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;

/** What stands for a number in [0, 1) when each of these has this share of it; the last has the rest. */
export function choose<T extends string>(at: number, shares: Record<T, number>): T {
  const names = Object.keys(shares) as T[];
  let sum = 0;
  for (const name of names) {
    sum += shares[name];
    if (at < sum) return name;
  }
  return names.at(-1) as T;
}
