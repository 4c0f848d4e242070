import type { Metadata } from "next";
import { ConcertPage } from "@/components/catalog/concert-page";
import { eventData } from "@/components/catalog/event-data";
import { RefreshStale } from "@/components/catalog/refresh-stale";
import { formatPeriod } from "@/components/ui/format-period";
import { getDb } from "@/db/client";
import { openLocale } from "@/i18n/params";
import { countSeatsLeft } from "@/lib/catalog/queries";
import { orUnavailable } from "@/lib/web/or-unavailable";
import { findPageConcert, readConcert } from "../../../read-concert";

type Props = { params: Promise<{ locale: string; slug: string }> };

export const revalidate = 10;

// Nothing is rendered at build time, which knows no database; the first visit renders, later ones share it.
export const generateStaticParams = () => [];

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { locale, slug } = await openLocale(params);
  const concert = await findPageConcert(slug);
  if (!concert) return {};
  const { timeZone } = concert.venue;
  const period = formatPeriod(concert.firstStartsAt, concert.lastStartsAt, { locale, timeZone });
  const title = `${concert.title} · ${concert.artist}`;
  const description = `${period}, ${concert.venue.name}. ${concert.description}`.trim().slice(0, 200);
  return { title, description, openGraph: { title, description, type: "website", locale, siteName: "Frontrow" } };
}

export default async function Page({ params }: Props) {
  const { concert } = await readConcert(params, "");
  const seatsLeft = concert.status === "on_sale" ? await orUnavailable(countSeatsLeft(getDb(), concert.id)) : 0;
  return (
    <>
      <ConcertPage concert={concert} seatsLeft={seatsLeft} now={new Date()} />
      <RefreshStale renderedAt={Date.now()} />
      {/* biome-ignore lint/security/noDangerouslySetInnerHtml: JSON of ours with every "<" escaped. */}
      <script type="application/ld+json" dangerouslySetInnerHTML={{ __html: eventData(concert) }} />
    </>
  );
}
