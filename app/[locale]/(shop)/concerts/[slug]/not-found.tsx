import { getTranslations } from "next-intl/server";
import { LinkButton } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/error-state";

export default async function ConcertNotFound() {
  const t = await getTranslations();
  return (
    <div className="page-width">
      <ErrorState
        title={t("catalog.concert.notFoundTitle")}
        action={<LinkButton href="/">{t("common.toConcerts")}</LinkButton>}
      >
        {t("catalog.concert.notFound")}
      </ErrorState>
    </div>
  );
}
