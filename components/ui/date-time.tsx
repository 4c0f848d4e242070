import { useLocale } from "next-intl";
import { type DateStyle, formatDate } from "./format-date";

type DateTimeProps = {
  at: Date | string /** The venue's zone, so that a fan abroad reads the hall's clock. */;
  timeZone: string;
  style?: DateStyle;
};

/** An instant in the venue's time zone. */
export function DateTime({ at, timeZone, style }: DateTimeProps) {
  const locale = useLocale();
  return (
    <time dateTime={new Date(at).toISOString()} suppressHydrationWarning>
      {formatDate(at, { locale, timeZone, style })}
    </time>
  );
}
