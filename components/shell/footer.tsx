import { useLocale, useTranslations } from "next-intl";
import { LocaleSwitch } from "./locale-switch";
import { Wordmark } from "./wordmark";

export function Footer() {
  const t = useTranslations("shell");
  const locale = useLocale();
  const link = "flex min-h-11 items-center text-muted text-sm underline-offset-4 hover:text-ink hover:underline";
  return (
    <footer className="mt-24 border-line border-t">
      <div className="page-width flex flex-wrap items-center justify-between gap-x-10 gap-y-4 py-10">
        <div className="max-w-md">
          <Wordmark className="text-lg" />
          <p className="mt-3 text-muted text-sm">{t("footer.line")}</p>
        </div>
        <div className="flex flex-wrap items-center gap-x-6">
          <a href="/api/docs" className={link}>
            {t("footer.api")}
          </a>
          <LocaleSwitch to={locale === "ko" ? "en" : "ko"} name={t("language.other")} className={link} />
        </div>
      </div>
    </footer>
  );
}
