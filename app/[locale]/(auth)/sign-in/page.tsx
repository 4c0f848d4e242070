import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { ClientMessages } from "@/components/client-messages";
import { AuthFrame } from "@/components/session/auth-frame";
import { SignInForm } from "@/components/session/sign-in-form";
import { everyLocale, openLocale } from "@/i18n/params";

type Props = { params: Promise<{ locale: string }> };

export const generateStaticParams = everyLocale;

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { locale } = await openLocale(params);
  const t = await getTranslations({ locale, namespace: "auth.signIn" });
  return { title: t("submit"), robots: { index: false } };
}

export default async function Page({ params }: Props) {
  await openLocale(params);
  const t = await getTranslations("auth.signIn");
  return (
    <AuthFrame title={t("title")} lead={t("lead")} poster={{ slug: "frontrow-sign-in", title: t("poster") }}>
      <ClientMessages areas={["auth"]}>
        <SignInForm />
      </ClientMessages>
    </AuthFrame>
  );
}
