import { notFound } from "next/navigation";
import { hasLocale } from "next-intl";
import { setRequestLocale } from "next-intl/server";
import { type Locale, routing } from "./routing";

/** `generateStaticParams` of pages that need no data: both languages are rendered at build time. */
export const everyLocale = () => routing.locales.map((locale) => ({ locale }));

/**
 * The page's language from its path, made known to next-intl so that the page can be rendered ahead of any request.
 * Every page and layout calls it first; an unknown language is not found.
 */
export async function openLocale<P extends { locale: string }>(params: Promise<P>): Promise<P & { locale: Locale }> {
  const found = await params;
  const { locale } = found;
  if (!hasLocale(routing.locales, locale)) notFound();
  setRequestLocale(locale);
  return { ...found, locale };
}
