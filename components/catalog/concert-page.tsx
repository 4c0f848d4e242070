import { useTranslations } from "next-intl";
import { Poster } from "@/components/poster/poster";
import { LinkButton } from "@/components/ui/button";
import { Link } from "@/i18n/navigation";
import { useConcertLine } from "./concert-card";
import { Dates, Part, Rules, Steps, Tiers } from "./concert-facts";
import type { ShownConcert } from "./concert-view";
import { seatsByTier } from "./concert-view";
import { JoinPanel, useEntry } from "./join-panel";
import { posterDate } from "./poster-date";
import { StatusBadge } from "./status-badge";

type ConcertPageProps = { concert: ShownConcert; seatsLeft: number; now: Date };

/** All about one concert: the poster beside it, on phones above it from edge to edge. */
export function ConcertPage({ concert, seatsLeft, now }: ConcertPageProps) {
  const t = useTranslations("catalog.concert");
  const { period, price } = useConcertLine(concert);
  const entry = useEntry(concert);
  const seatsEach = seatsByTier(concert).reduce((sum, { seats }) => sum + seats, 0);
  const facts = [
    [t("when"), period],
    [t("where"), t("place", concert.venue)],
    [t("price"), price],
    [t("seats"), t("seatsEach", { count: seatsEach })],
  ] as const;

  return (
    <article>
      <div className="mx-auto grid max-w-[76rem] md:grid-cols-[minmax(0,5fr)_minmax(0,6fr)] md:gap-x-12 md:px-[clamp(1.25rem,0.6rem+2.6vw,2.5rem)] md:pt-12 lg:gap-x-20">
        <div className="md:sticky md:top-28 md:self-start">
          <Poster
            concert={concert}
            line={posterDate(concert)}
            className="mx-auto h-auto w-full md:max-h-[calc(100dvh-9rem)] md:w-auto md:max-w-full md:rounded-card"
          />
        </div>
        <div className="px-5 pt-7 sm:px-8 md:px-0 md:pt-0">
          <p className="mb-4 max-md:hidden">
            <Link href="/" className="inline-flex min-h-11 items-center text-muted text-sm hover:text-ink">
              ← {t("back")}
            </Link>
          </p>
          <StatusBadge status={concert.status} />
          <h1 className="mt-4 text-display">{concert.title}</h1>
          <p className="mt-2 font-medium text-2xl text-muted tracking-tight">{concert.artist}</p>
          <dl className="mt-7 grid grid-cols-[auto_1fr] gap-x-6 gap-y-2">
            {facts.map(([term, text]) => (
              <div key={term} className="contents">
                <dt className="text-muted">{term}</dt>
                <dd className="font-medium tabular-nums">{text}</dd>
              </div>
            ))}
          </dl>
          <JoinPanel concert={concert} seatsLeft={seatsLeft} />
          <div className="mt-12 space-y-12">
            <Dates concert={concert} now={now} />
            <Tiers concert={concert} />
            {concert.description && (
              <Part title={t("about")}>
                <p className="max-w-prose whitespace-pre-line text-lg">{concert.description}</p>
              </Part>
            )}
            <Steps concert={concert} />
            <Rules concert={concert} />
          </div>
        </div>
      </div>
      {entry && (
        <div className="sticky bottom-0 z-20 mt-12 border-line border-t bg-paper/95 px-5 pt-3 pb-[max(0.75rem,env(safe-area-inset-bottom))] backdrop-blur-md md:hidden">
          <div className="flex items-center gap-4">
            <p className="min-w-0 flex-1 text-sm leading-tight">
              <span className="block truncate font-semibold">{concert.title}</span>
              <span className="block truncate text-muted tabular-nums">{price}</span>
            </p>
            <LinkButton href={`/concerts/${concert.slug}/queue`} variant={entry.variant}>
              {entry.label}
            </LinkButton>
          </div>
        </div>
      )}
    </article>
  );
}
