import { notFound } from "next/navigation";
import { openLocale } from "@/i18n/params";

export const generateStaticParams = () => [];

/** Every address that no page has, so that it is answered in its language. */
export default async function UnknownPage({ params }: { params: Promise<{ locale: string }> }) {
  await openLocale(params);
  notFound();
}
