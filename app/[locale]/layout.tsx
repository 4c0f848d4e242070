import type { Metadata, Viewport } from "next";
import { NextIntlClientProvider } from "next-intl";
import { getMessages, getTranslations } from "next-intl/server";
import type { ReactNode } from "react";
import { Providers } from "@/components/providers";
import { Footer } from "@/components/shell/footer";
import { Header } from "@/components/shell/header";
import { THEME_SCRIPT } from "@/components/shell/theme-script.js";
import { openLocale } from "@/i18n/params";
import "../globals.css";

type Props = { params: Promise<{ locale: string }>; children: ReactNode };

export const viewport: Viewport = {
  width: "device-width",
  initialScale: 1,
  viewportFit: "cover",
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#fdfdfc" },
    { media: "(prefers-color-scheme: dark)", color: "#0b0b0d" },
  ],
};

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { locale } = await openLocale(params);
  const t = await getTranslations({ locale, namespace: "shell" });
  return {
    title: { default: `Frontrow: ${t("tagline")}`, template: "%s · Frontrow" },
    description: t("description"),
    applicationName: "Frontrow",
    formatDetection: { telephone: false },
  };
}

/** The root layout. Pages render inside `<main>`; whatever is the visitor's own is asked for by the browser. */
export default async function LocaleLayout({ params, children }: Props) {
  const { locale } = await openLocale(params);
  const t = await getTranslations("shell");
  const { common } = await getMessages();
  return (
    <html lang={locale} suppressHydrationWarning>
      <head>
        {/* biome-ignore lint/security/noDangerouslySetInnerHtml: a constant of ours. */}
        <script dangerouslySetInnerHTML={{ __html: THEME_SCRIPT }} />
      </head>
      <body className="flex flex-col">
        <a
          href="#main"
          className="fixed top-2 left-2 z-50 -translate-y-24 rounded-control bg-ink px-5 py-3 font-semibold text-paper focus:translate-y-0"
        >
          {t("skip")}
        </a>
        <NextIntlClientProvider messages={{ common }}>
          <Providers>
            <Header />
            <main id="main" tabIndex={-1} className="flex-1 outline-none">
              {children}
            </main>
            <Footer />
          </Providers>
        </NextIntlClientProvider>
      </body>
    </html>
  );
}
