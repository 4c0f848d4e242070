import { getTranslations } from "next-intl/server";
import { ConcertWall } from "@/components/catalog/concert-wall";
import { RefreshStale } from "@/components/catalog/refresh-stale";
import { getDb } from "@/db/client";
import { openLocale } from "@/i18n/params";
import { listConcerts } from "@/lib/catalog/queries";
import { orUnavailable } from "@/lib/web/or-unavailable";

export const revalidate = 10;

// Nothing is rendered at build time, which knows no database; the first visit renders, later ones share it.
export const generateStaticParams = () => [];

export default async function ConcertsPage({ params }: { params: Promise<{ locale: string }> }) {
  await openLocale(params);
  const { items, nextCursor } = await orUnavailable(listConcerts(getDb(), { limit: 25 }));
  const t = await getTranslations("catalog.list");
  return (
    <div className="page-width">
      <div className="pt-10 pb-10 sm:pt-20 sm:pb-16">
        <h1 className="max-w-4xl text-display">{t("title")}</h1>
        <p className="mt-5 max-w-xl text-lg text-muted sm:text-xl">{t("lead")}</p>
      </div>
      <ConcertWall concerts={items} nextCursor={nextCursor} featured />
      <RefreshStale renderedAt={Date.now()} />
    </div>
  );
}
