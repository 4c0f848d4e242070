import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { ClientMessages } from "@/components/client-messages";
import { TicketView } from "@/components/tickets/ticket-view";
import { openLocale } from "@/i18n/params";

type Props = { params: Promise<{ locale: string; ticketId: string }> };

// The shell is the same for every ticket; the first visit renders it without asking who visits.
export const generateStaticParams = () => [];

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { locale } = await openLocale(params);
  const t = await getTranslations({ locale, namespace: "tickets" });
  return { title: t("one"), robots: { index: false } };
}

export default async function Page({ params }: Props) {
  const { ticketId } = await openLocale(params);
  return (
    <ClientMessages areas={["tickets"]}>
      <TicketView ticketId={ticketId} />
    </ClientMessages>
  );
}
