import { notFound, permanentRedirect } from "next/navigation";
import { cache } from "react";
import { getDb } from "@/db/client";
import { openLocale } from "@/i18n/params";
import { type ConcertDetail, findConcert } from "@/lib/catalog/queries";
import { orUnavailable } from "@/lib/web/or-unavailable";

/** A concert by the slug or id in a page's path, or null; read once for a page and its metadata. */
export const findPageConcert = cache((slug: string) => orUnavailable(findConcert(getDb(), slug)));

/** The concert that a page's path names. An unknown one is not found; an id leads to the slug's address. */
export async function readConcert(
  params: Promise<{ locale: string; slug: string }>,
  page: string,
): Promise<{ locale: "ko" | "en"; concert: ConcertDetail }> {
  const { locale, slug } = await openLocale(params);
  const concert = await findPageConcert(slug);
  if (!concert) notFound();
  if (concert.slug !== slug) permanentRedirect(`/${locale}/concerts/${concert.slug}${page}`);
  return { locale, concert };
}
