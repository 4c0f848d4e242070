import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { ClientMessages } from "@/components/client-messages";
import { OrganizerOnly } from "@/components/organizer/organizer-only";
import { RoomControl } from "@/components/organizer/room-control";
import { PageHeading } from "@/components/ui/page-heading";
import { openLocale } from "@/i18n/params";
import { findPageConcert } from "../../../../read-concert";

type Props = { params: Promise<{ locale: string; slug: string }> };

export const revalidate = 10;
export const generateStaticParams = () => [];

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { slug } = await openLocale(params);
  const concert = await findPageConcert(slug);
  return { title: concert?.title, robots: { index: false } };
}

export default async function Page({ params }: Props) {
  const { slug } = await openLocale(params);
  const concert = await findPageConcert(slug);
  if (!concert) notFound();
  const t = await getTranslations("organizer.room");
  const { id, currency } = concert;
  return (
    <div className="page-width pb-24">
      <PageHeading eyebrow={t("title")} title={concert.title} lead={`${concert.artist} · ${concert.venue.name}`} />
      <ClientMessages areas={["organizer"]}>
        <OrganizerOnly here={`/organizer/concerts/${concert.slug}`}>
          <RoomControl concert={{ id, slug: concert.slug, currency, timeZone: concert.venue.timeZone }} />
        </OrganizerOnly>
      </ClientMessages>
    </div>
  );
}
