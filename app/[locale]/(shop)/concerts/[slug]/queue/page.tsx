import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { ClientMessages } from "@/components/client-messages";
import { Island } from "@/components/light/island";
import { WaitingRoom } from "@/components/queue/waiting-room";
import { readConcert } from "../../../../read-concert";

type Props = { params: Promise<{ locale: string; slug: string }> };

export const revalidate = 60;

export const generateStaticParams = () => [];

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { locale, concert } = await readConcert(params, "/queue");
  const t = await getTranslations({ locale, namespace: "queue" });
  return { title: `${t("pageTitle")} · ${concert.title}`, robots: { index: false } };
}

export default async function Page({ params }: Props) {
  const { concert } = await readConcert(params, "/queue");
  const { id, slug, title, venue, waitingRoom } = concert;
  const seedHash = waitingRoom.draw?.seedHash;
  const props = { concert: { id, slug, title, seedHash, venue: { name: venue.name, timeZone: venue.timeZone } } };
  return (
    <Island name="waiting-room" props={props} areas={["queue"]}>
      <ClientMessages areas={["queue"]}>
        <WaitingRoom {...props} />
      </ClientMessages>
    </Island>
  );
}
