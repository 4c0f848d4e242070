import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { ClientMessages } from "@/components/client-messages";
import { ConcertList } from "@/components/organizer/concert-list";
import { OrganizerOnly } from "@/components/organizer/organizer-only";
import { LinkButton } from "@/components/ui/button";
import { PageHeading } from "@/components/ui/page-heading";
import { everyLocale, openLocale } from "@/i18n/params";

type Props = { params: Promise<{ locale: string }> };

export const generateStaticParams = everyLocale;

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { locale } = await openLocale(params);
  const t = await getTranslations({ locale, namespace: "organizer.list" });
  return { title: t("title"), robots: { index: false } };
}

export default async function Page({ params }: Props) {
  await openLocale(params);
  const t = await getTranslations("organizer.list");
  return (
    <div className="page-width pb-24">
      <PageHeading
        title={t("title")}
        lead={t("lead")}
        actions={
          <>
            <LinkButton href="/organizer/check-in" variant="outline">
              {t("checkIn")}
            </LinkButton>
            <LinkButton href="/organizer/import">{t("import")}</LinkButton>
          </>
        }
      />
      <ClientMessages areas={["organizer", "catalog"]}>
        <OrganizerOnly here="/organizer">
          <ConcertList />
        </OrganizerOnly>
      </ClientMessages>
    </div>
  );
}
