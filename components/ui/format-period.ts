import { formatDate } from "./format-date";

/** The days from the first to the last instant, as people at `timeZone` count them; one day is written once. */
export function formatPeriod(
  first: Date | string,
  last: Date | string,
  { locale, timeZone }: { locale: string; timeZone: string },
): string {
  const format = new Intl.DateTimeFormat(locale, { year: "numeric", month: "long", day: "numeric", timeZone });
  const [from, to] = [new Date(first), new Date(last)];
  if (format.format(from) === format.format(to)) return formatDate(from, { locale, timeZone, style: "date" });
  return format.formatRange(from, to);
}
