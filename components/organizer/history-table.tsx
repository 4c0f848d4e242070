import { useFormatter, useLocale, useTranslations } from "next-intl";
import type { HistoryPoint } from "@/lib/queue/schema";

/** The newest points; the CSV has all. */
const MOST_ROWS = 60;
const COLUMNS = ["waiting", "inside", "joined", "admitted", "departed", "seatsLeft"] as const;

/** What the charts show, for those who would rather read it. */
export function HistoryTable({ items }: { items: HistoryPoint[] }) {
  const t = useTranslations("organizer.room.history");
  const format = useFormatter();
  // By the reader's own clock, as the charts are.
  const clock = new Intl.DateTimeFormat(useLocale(), { dateStyle: "short", timeStyle: "medium" });
  return (
    <details className="min-w-0 flex-1">
      <summary className="inline-flex min-h-11 cursor-pointer items-center font-semibold text-sm">{t("table")}</summary>
      <div className="mt-2 max-h-96 overflow-auto">
        <table className="w-full text-right text-sm tabular-nums">
          <thead>
            <tr className="border-line-strong border-b">
              <th scope="col" className="py-2 pr-4 text-left">
                {t("time")}
              </th>
              {COLUMNS.map((name) => (
                <th key={name} scope="col" className="py-2 pl-4">
                  {t(name)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {items
              .slice(-MOST_ROWS)
              .reverse()
              .map((point) => (
                <tr key={point.at} className="border-line border-b">
                  <th scope="row" className="whitespace-nowrap py-2 pr-4 text-left font-normal">
                    <time dateTime={point.at}>{clock.format(new Date(point.at))}</time>
                  </th>
                  {COLUMNS.map((name) => {
                    const value = point[name];
                    return (
                      <td key={name} className="py-2 pl-4">
                        {value === null ? "–" : format.number(value)}
                      </td>
                    );
                  })}
                </tr>
              ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
