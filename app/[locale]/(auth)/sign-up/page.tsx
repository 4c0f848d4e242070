import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { ClientMessages } from "@/components/client-messages";
import { SignUpForm } from "@/components/session/sign-up-form";
import { everyLocale, openLocale } from "@/i18n/params";

type Props = { params: Promise<{ locale: string }> };

export const generateStaticParams = everyLocale;

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { locale } = await openLocale(params);
  const t = await getTranslations({ locale, namespace: "auth.signUp" });
  return { title: t("submit"), robots: { index: false } };
}

export default async function Page({ params }: Props) {
  await openLocale(params);
  const t = await getTranslations("auth.signUp");
  return (
    <div className="mx-auto w-full max-w-md px-5 pt-10 pb-20 sm:pt-20">
      <h1 className="text-title">{t("title")}</h1>
      <p className="mt-3 mb-9 text-lg text-muted">{t("lead")}</p>
      <ClientMessages areas={["auth"]}>
        <SignUpForm />
      </ClientMessages>
    </div>
  );
}
