import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { ClientMessages } from "@/components/client-messages";
import { FanWallet } from "@/components/organizer/fan-wallet";
import { OrganizerOnly } from "@/components/organizer/organizer-only";
import { PageHeading } from "@/components/ui/page-heading";
import { everyLocale, openLocale } from "@/i18n/params";

type Props = { params: Promise<{ locale: string }> };

export const generateStaticParams = everyLocale;

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { locale } = await openLocale(params);
  const t = await getTranslations({ locale, namespace: "organizer.wallets" });
  return { title: t("title"), robots: { index: false } };
}

export default async function Page({ params }: Props) {
  await openLocale(params);
  const t = await getTranslations("organizer.wallets");
  return (
    <div className="page-width pb-24">
      <PageHeading title={t("title")} lead={t("lead")} />
      <ClientMessages areas={["organizer", "wallet"]}>
        <OrganizerOnly here="/organizer/wallets">
          <FanWallet />
        </OrganizerOnly>
      </ClientMessages>
    </div>
  );
}
