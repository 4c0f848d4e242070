import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { Suspense } from "react";
import { ClientMessages } from "@/components/client-messages";
import { Checkout } from "@/components/payment/checkout";
import { PrivateData } from "@/components/private-data";
import { openLocale } from "@/i18n/params";
import { findPageConcert } from "../../../../read-concert";

type Props = { params: Promise<{ locale: string; slug: string }> };

export const revalidate = 60;

export const generateStaticParams = () => [];

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { locale, slug } = await openLocale(params);
  const concert = await findPageConcert(slug);
  const t = await getTranslations({ locale, namespace: "payment" });
  return { title: concert ? `${t("title")} · ${concert.title}` : t("title"), robots: { index: false } };
}

export default async function Page({ params }: Props) {
  // An id in the place of the slug is served as it is: a redirect from here would lose the query.
  const { slug } = await openLocale(params);
  const concert = await findPageConcert(slug);
  if (!concert) notFound();
  const { id, title, venue, refundUntilHours, holdSeconds, holdExtensions } = concert;
  const performances = concert.performances.map((one) => ({ id: one.id, startsAt: one.startsAt.toISOString() }));
  return (
    <ClientMessages areas={["payment", "wallet"]}>
      <PrivateData>
        <Suspense>
          <Checkout
            concert={{
              id,
              slug: concert.slug,
              title,
              venue: { name: venue.name, timeZone: venue.timeZone },
              refundUntilHours,
              holdSeconds,
              holdExtensions,
              performances,
            }}
          />
        </Suspense>
      </PrivateData>
    </ClientMessages>
  );
}
