import { getTranslations } from "next-intl/server";
import { LinkButton } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/error-state";

export default async function NotFound() {
  const t = await getTranslations("common");
  return (
    <div className="page-width">
      <ErrorState title={t("error.notFoundTitle")} action={<LinkButton href="/">{t("toConcerts")}</LinkButton>}>
        {t("error.notFound")}
      </ErrorState>
    </div>
  );
}
