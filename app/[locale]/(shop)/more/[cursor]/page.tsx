import { notFound } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { ConcertWall } from "@/components/catalog/concert-wall";
import { PageHeading } from "@/components/ui/page-heading";
import { getDb } from "@/db/client";
import { openLocale } from "@/i18n/params";
import { listConcerts } from "@/lib/catalog/queries";
import { AppError } from "@/lib/core/errors";
import { orUnavailable } from "@/lib/web/or-unavailable";

export const revalidate = 60;

export const generateStaticParams = () => [];

/** The catalogue's next page. The cursor stands in the path, since a page that reads the query cannot be shared. */
export default async function MoreConcertsPage({ params }: { params: Promise<{ locale: string; cursor: string }> }) {
  const { cursor } = await openLocale(params);
  const t = await getTranslations("catalog.list");
  const page = await orUnavailable(listConcerts(getDb(), { limit: 24, cursor })).catch((error: unknown) => {
    if (error instanceof AppError && error.code === "invalid_request") notFound();
    throw error;
  });
  return (
    <div className="page-width">
      <PageHeading title={t("moreTitle")} />
      <ConcertWall concerts={page.items} nextCursor={page.nextCursor} />
    </div>
  );
}
