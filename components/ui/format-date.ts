const STYLE = {
  /** 2027년 1월 8일 (금) 오후 7:30 */
  full: { year: "numeric", month: "long", day: "numeric", weekday: "short", hour: "numeric", minute: "2-digit" },
  /** 2027년 1월 8일 (금) */
  date: { year: "numeric", month: "long", day: "numeric", weekday: "short" },
  /** 1월 8일 (금) */
  day: { month: "short", day: "numeric", weekday: "short" },
  /** 1월 8일 (금) 오후 7:30 */
  short: { month: "short", day: "numeric", weekday: "short", hour: "numeric", minute: "2-digit" },
  /** 오후 7:30 */
  time: { hour: "numeric", minute: "2-digit" },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;

export type DateStyle = keyof typeof STYLE;

/** Writes an instant as people at `timeZone` would. */
export function formatDate(at: Date | string, { locale, timeZone, style = "full" }: FormatDate): string {
  const text = new Intl.DateTimeFormat(locale, { ...STYLE[style], timeZone }).format(new Date(at));
  if (locale !== "ko") return text;
  // Korean sets the weekday in brackets, which Intl does only for some lengths; Node's ICU leaves AM and PM in English.
  return text
    .replace(/ ([일월화수목금토])(?= |$)/, " ($1)")
    .replace(/\bAM\b/, "오전")
    .replace(/\bPM\b/, "오후");
}

type FormatDate = { locale: string; timeZone: string; style?: DateStyle };
