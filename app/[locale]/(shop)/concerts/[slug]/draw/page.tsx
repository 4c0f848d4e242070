import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { ClientMessages } from "@/components/client-messages";
import { DrawView } from "@/components/draw/draw-view";
import { PrivateData } from "@/components/private-data";
import { readConcert } from "../../../../read-concert";

type Props = { params: Promise<{ locale: string; slug: string }> };

export const revalidate = 60;

export const generateStaticParams = () => [];

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { locale, concert } = await readConcert(params, "/draw");
  const t = await getTranslations({ locale, namespace: "draw" });
  return { title: `${t("pageTitle")} · ${concert.title}`, description: t("lead") };
}

export default async function Page({ params }: Props) {
  const { concert } = await readConcert(params, "/draw");
  const { id, slug, title, venue } = concert;
  return (
    <ClientMessages areas={["draw"]}>
      <PrivateData>
        <DrawView concert={{ id, slug, title, timeZone: venue.timeZone }} />
      </PrivateData>
    </ClientMessages>
  );
}
