/** The small print of a poster: 2027.01.08 – 10. */
export function posterDate({
  firstStartsAt,
  lastStartsAt,
  venue,
}: {
  firstStartsAt: Date;
  lastStartsAt: Date;
  venue: { timeZone: string };
}): string {
  const day = new Intl.DateTimeFormat("en-CA", { timeZone: venue.timeZone });
  const first = day.format(firstStartsAt).replaceAll("-", ".");
  const last = day.format(lastStartsAt).replaceAll("-", ".");
  if (first === last) return first;
  if (first.slice(0, 7) === last.slice(0, 7)) return `${first} – ${last.slice(8)}`;
  return `${first} – ${last.slice(0, 4) === first.slice(0, 4) ? last.slice(5) : last}`;
}
