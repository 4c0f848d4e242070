import { useTranslations } from "next-intl";
import { LinkButton } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { ConcertCard, type ListedConcert } from "./concert-card";
import { FeaturedConcert } from "./featured-concert";

type ConcertWallProps = {
  concerts: ListedConcert[];
  nextCursor: string | null /** The first one large. */;
  featured?: boolean;
};

/** A page of the catalogue: what is still to come, then what is over. */
export function ConcertWall({ concerts, nextCursor, featured = false }: ConcertWallProps) {
  const t = useTranslations("catalog.list");
  if (concerts.length === 0) return <EmptyState title={t("emptyTitle")}>{t("empty")}</EmptyState>;

  const coming = concerts.filter(({ status }) => status !== "past");
  const past = concerts.filter(({ status }) => status === "past");
  const [first] = featured ? coming : [];
  const rest = first ? coming.slice(1) : coming;
  return (
    <div className="space-y-16 sm:space-y-24">
      {first && <FeaturedConcert concert={first} />}
      {rest.length > 0 && <Shelf title={t("all")} concerts={rest} />}
      {past.length > 0 && <Shelf title={t("past")} concerts={past} />}
      {nextCursor && (
        <p className="text-center">
          <LinkButton href={`/more/${nextCursor}`} variant="outline" prefetch={false}>
            {t("more")}
          </LinkButton>
        </p>
      )}
    </div>
  );
}

function Shelf({ title, concerts }: { title: string; concerts: ListedConcert[] }) {
  return (
    <section>
      <h2 className="mb-6 border-line border-t pt-6 text-heading sm:mb-8">{title}</h2>
      <ul className="grid gap-x-7 gap-y-8 sm:grid-cols-2 sm:gap-y-14 lg:grid-cols-3">
        {concerts.map((concert) => (
          <li key={concert.slug}>
            <ConcertCard concert={concert} />
          </li>
        ))}
      </ul>
    </section>
  );
}
