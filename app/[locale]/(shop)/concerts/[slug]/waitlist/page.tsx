import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { saleConcertOf } from "@/components/booking/sale-concert-of";
import { ClientMessages } from "@/components/client-messages";
import { PrivateData } from "@/components/private-data";
import { WaitlistPage } from "@/components/waitlist/waitlist-page";
import { readConcert } from "../../../../read-concert";

type Props = { params: Promise<{ locale: string; slug: string }> };

export const revalidate = 60;

export const generateStaticParams = () => [];

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { locale, concert } = await readConcert(params, "/waitlist");
  const t = await getTranslations({ locale, namespace: "waitlist" });
  return { title: `${t("title")} · ${concert.title}`, robots: { index: false } };
}

export default async function Page({ params }: Props) {
  const { concert } = await readConcert(params, "/waitlist");
  return (
    <ClientMessages areas={["waitlist"]}>
      <PrivateData>
        <WaitlistPage concert={saleConcertOf(concert)} />
      </PrivateData>
    </ClientMessages>
  );
}
