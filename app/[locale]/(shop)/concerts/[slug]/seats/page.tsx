import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { Suspense } from "react";
import { saleConcertOf } from "@/components/booking/sale-concert-of";
import { Seats } from "@/components/booking/seats";
import { ClientMessages } from "@/components/client-messages";
import { PrivateData } from "@/components/private-data";
import { readConcert } from "../../../../read-concert";

type Props = { params: Promise<{ locale: string; slug: string }> };

export const revalidate = 60;

export const generateStaticParams = () => [];

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { locale, concert } = await readConcert(params, "/seats");
  const t = await getTranslations({ locale, namespace: "booking.seats" });
  return { title: `${t("pageTitle")} · ${concert.title}`, robots: { index: false } };
}

export default async function Page({ params }: Props) {
  const { concert } = await readConcert(params, "/seats");
  return (
    <ClientMessages areas={["queue", "booking"]}>
      <PrivateData>
        <Suspense>
          <Seats concert={saleConcertOf(concert)} />
        </Suspense>
      </PrivateData>
    </ClientMessages>
  );
}
