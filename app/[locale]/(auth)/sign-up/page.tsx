import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { ClientMessages } from "@/components/client-messages";
import { AuthFrame } from "@/components/session/auth-frame";
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
    <AuthFrame title={t("title")} lead={t("lead")} poster={{ slug: "frontrow-sign-up", title: t("poster") }}>
      <ClientMessages areas={["auth"]}>
        <SignUpForm />
      </ClientMessages>
    </AuthFrame>
  );
}
