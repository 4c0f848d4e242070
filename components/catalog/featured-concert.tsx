import { useTranslations } from "next-intl";
import { Poster } from "@/components/poster/poster";
import { buttonClass } from "@/components/ui/button";
import { Link } from "@/i18n/navigation";
import { type ListedConcert, useConcertLine } from "./concert-card";
import { posterDate } from "./poster-date";
import { StatusBadge } from "./status-badge";

/** The concert that comes next, given the room of a poster wall. */
export function FeaturedConcert({ concert }: { concert: ListedConcert }) {
  const t = useTranslations("catalog");
  const { period, price, opens } = useConcertLine(concert);
  return (
    <article className="group relative grid items-center gap-x-14 gap-y-7 md:grid-cols-[minmax(0,5fr)_minmax(0,6fr)]">
      <Poster
        concert={concert}
        line={posterDate(concert)}
        className="h-auto w-full overflow-hidden rounded-card transition-transform duration-300 group-hover:-translate-y-1"
      />
      <div>
        <StatusBadge status={concert.status} />
        <h2 className="mt-4 text-display">
          <Link href={`/concerts/${concert.slug}`} className="after:absolute after:inset-0">
            {concert.title}
          </Link>
        </h2>
        <p className="mt-2 font-medium text-2xl text-muted tracking-tight">{concert.artist}</p>
        <dl className="mt-7 space-y-1 text-lg">
          <div>
            <dt className="sr-only">{t("concert.when")}</dt>
            <dd className="font-semibold">{period}</dd>
          </div>
          <div>
            <dt className="sr-only">{t("concert.where")}</dt>
            <dd className="text-muted">{t("concert.place", concert.venue)}</dd>
          </div>
          <div>
            <dt className="sr-only">{t("concert.price")}</dt>
            <dd className="text-muted tabular-nums">{concert.status === "upcoming" ? opens : price}</dd>
          </div>
        </dl>
        {/* The title is the link; this only looks like one for those who see it. */}
        <span aria-hidden="true" className={`${buttonClass({ variant: "solid", size: "lg" })} mt-8`}>
          {t("list.see")}
        </span>
      </div>
    </article>
  );
}
