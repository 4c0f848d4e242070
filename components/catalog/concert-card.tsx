import { useLocale, useTranslations } from "next-intl";
import { Poster } from "@/components/poster/poster";
import { formatDate } from "@/components/ui/format-date";
import { formatPeriod } from "@/components/ui/format-period";
import { Link } from "@/i18n/navigation";
import type { ConcertStatus } from "@/lib/catalog/rules";
import { formatMoney } from "@/lib/core/money";
import { posterDate } from "./poster-date";
import { StatusBadge } from "./status-badge";

/** What a list says of a concert. */
export type ListedConcert = {
  slug: string;
  title: string;
  artist: string;
  venue: { name: string; city: string; timeZone: string };
  priceFrom: number;
  priceTo: number;
  currency: string;
  saleOpensAt: Date;
  firstStartsAt: Date;
  lastStartsAt: Date;
  status: ConcertStatus;
};

/** Price and dates of a listed concert in words. */
export function useConcertLine(concert: ListedConcert) {
  const t = useTranslations("catalog");
  const locale = useLocale();
  const { timeZone } = concert.venue;
  const price = (amount: number) => formatMoney(amount, concert.currency, locale);
  return {
    period: formatPeriod(concert.firstStartsAt, concert.lastStartsAt, { locale, timeZone }),
    price:
      concert.priceFrom === concert.priceTo
        ? price(concert.priceFrom)
        : t("price.range", { from: price(concert.priceFrom), to: price(concert.priceTo) }),
    opens: t("opensAt", { at: formatDate(concert.saleOpensAt, { locale, timeZone, style: "short" }) }),
  };
}

/** A concert in a list: a row on phones, a poster with a caption from tablets on. */
export function ConcertCard({ concert }: { concert: ListedConcert }) {
  const { period, price, opens } = useConcertLine(concert);
  return (
    <article className="group relative flex gap-5 sm:flex-col sm:gap-0">
      <Poster
        concert={concert}
        line={posterDate(concert)}
        className="h-auto w-28 shrink-0 self-start overflow-hidden rounded-xl transition-transform duration-300 group-hover:-translate-y-1 sm:w-full sm:rounded-card"
      />
      <div className="min-w-0 flex-1 py-1 sm:pt-5">
        <StatusBadge status={concert.status} />
        <h3 className="mt-2.5 font-bold text-xl leading-snug tracking-tight">
          <Link
            href={`/concerts/${concert.slug}`}
            className="decoration-2 underline-offset-4 after:absolute after:inset-0 group-hover:underline"
          >
            {concert.title}
          </Link>
        </h3>
        <p className="text-muted">{concert.artist}</p>
        <p className="mt-2 text-muted text-sm">
          {period}
          <br />
          {concert.venue.name}
        </p>
        <p className="mt-1.5 font-semibold text-sm tabular-nums">{concert.status === "upcoming" ? opens : price}</p>
      </div>
    </article>
  );
}
