/** One line of the table. */
export type Figure = {
  what: string;
  /** With its unit. */
  product: string;
  /** What the product is measured against, and its own figure. */
  limit?: { name: string; value: string };
  /** Product / limit. */
  ratio?: number;
  /** What is to be reached, and whether it was. */
  bar?: { words: string; isKept: boolean };
};

export const perSecond = (rate: number): string => `${Math.round(rate).toLocaleString("en")}/s`;

/** Two rates in one run and what their ratio is to reach at least; `limitRate` is null where it could not be measured. */
export function ratioFigure(of: {
  what: string;
  product: number;
  limit: string;
  limitRate: number | null;
  bar?: number;
}): Figure {
  const { what, product, limit, limitRate, bar } = of;
  const figure: Figure = { what, product: perSecond(product), limit: { name: limit, value: "–" } };
  if (limitRate === null) return figure;
  figure.limit = { name: limit, value: perSecond(limitRate) };
  figure.ratio = product / limitRate;
  if (bar !== undefined) figure.bar = { words: `≥ ${bar}`, isKept: figure.ratio >= bar };
  return figure;
}

/** A figure that has no limit beside it, and what it may be at most. */
export function plainFigure(of: { what: string; value: number; unit: string; most?: number }): Figure {
  const { what, value, unit, most } = of;
  const digits = value < 10 ? 1 : 0;
  const figure: Figure = { what, product: `${Number(value.toFixed(digits)).toLocaleString("en")} ${unit}` };
  if (most !== undefined) figure.bar = { words: `≤ ${most.toLocaleString("en")} ${unit}`, isKept: value <= most };
  return figure;
}
