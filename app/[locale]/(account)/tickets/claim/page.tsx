import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { ClientMessages } from "@/components/client-messages";
import { ClaimTicket } from "@/components/tickets/claim-ticket";
import { everyLocale, openLocale } from "@/i18n/params";

type Props = { params: Promise<{ locale: string }> };

export const generateStaticParams = everyLocale;

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { locale } = await openLocale(params);
  const t = await getTranslations({ locale, namespace: "tickets.claim" });
  return { title: t("title"), robots: { index: false }, referrer: "no-referrer" };
}

export default async function Page({ params }: Props) {
  await openLocale(params);
  return (
    <ClientMessages areas={["tickets"]}>
      <ClaimTicket />
    </ClientMessages>
  );
}
