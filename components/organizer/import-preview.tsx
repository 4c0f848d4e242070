import { useTranslations } from "next-intl";
import { Card } from "@/components/ui/card";
import { DateTime } from "@/components/ui/date-time";
import { Money } from "@/components/ui/money";
import type { ImportDocumentInput } from "@/lib/catalog/schema";

export type Preview = {
  slug: string;
  title: string;
  created: boolean;
  performances: { startsAt: string }[];
  seats: number;
};

/** What a checked document would put on sale. */
export function ImportPreview({ preview, document }: { preview: Preview; document: unknown }) {
  const t = useTranslations("organizer.import");
  // The server has just checked it.
  const { artist, venue, tiers, sections, currency } = document as ImportDocumentInput;
  const row = (label: string, value: React.ReactNode) => (
    <div className="flex flex-col gap-1 border-line border-t py-3 sm:flex-row sm:gap-6">
      <dt className="w-36 shrink-0 text-muted">{label}</dt>
      <dd className="min-w-0">{value}</dd>
    </div>
  );
  return (
    <Card>
      <p className="font-semibold text-accent-ink text-sm">{preview.created ? t("preview") : t("previewUpdate")}</p>
      <h2 className="mt-1 text-title">{preview.title}</h2>
      <p className="mt-1 mb-5 text-muted">
        {artist} · {venue.name}, {venue.city}
      </p>
      <dl>
        {row(
          t("performances"),
          <>
            {t("performancesCount", { count: preview.performances.length })}
            <ul className="mt-1 text-muted">
              {preview.performances.map(({ startsAt }) => (
                <li key={startsAt}>
                  <DateTime at={startsAt} timeZone={venue.timeZone} />
                </li>
              ))}
            </ul>
          </>,
        )}
        {row(t("seats"), t("seatsCount", { count: preview.seats }))}
        {row(t("sections"), t("sectionsCount", { count: sections.length }))}
        {row(
          t("tiers"),
          <ul className="flex flex-wrap gap-x-5 gap-y-1">
            {tiers.map((tier) => (
              <li key={tier.name}>
                <b>{tier.name}</b> <Money amount={tier.price} currency={currency} />
              </li>
            ))}
          </ul>,
        )}
      </dl>
    </Card>
  );
}
