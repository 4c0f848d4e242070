"use client";

import { useTranslations } from "next-intl";
import { LinkButton } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/error-state";

export default function NotFound() {
  const t = useTranslations("common");
  return (
    <div className="page-width">
      <ErrorState title={t("error.notFoundTitle")} action={<LinkButton href="/">{t("toConcerts")}</LinkButton>}>
        {t("error.notFound")}
      </ErrorState>
    </div>
  );
}
