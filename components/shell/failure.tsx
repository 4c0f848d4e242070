"use client";

import { useTranslations } from "next-intl";
import { Button, LinkButton } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/error-state";
import { useRecovery } from "@/components/use-recovery";

/** Said by a reader of ours when the database is out of reach (`lib/web/or-unavailable`). */
const UNAVAILABLE = "unavailable";

type FailureProps = { error: unknown; retry: () => void };

/** What stands in place of a page that failed. What passes by itself is tried again by itself. */
export function Failure({ error, retry }: FailureProps) {
  const t = useTranslations("common");
  const digest = (error as { digest?: unknown } | null)?.digest;
  const unavailable = digest === UNAVAILABLE;

  useRecovery(unavailable, retry);

  return (
    <div className="page-width">
      <ErrorState
        title={unavailable ? t("error.unavailableTitle") : t("error.title")}
        code={!unavailable && typeof digest === "string" ? digest : undefined}
        action={
          <>
            <Button onClick={retry}>{t("retry")}</Button>
            <LinkButton href="/" variant="outline">
              {t("toConcerts")}
            </LinkButton>
          </>
        }
      >
        {unavailable ? t("error.unavailable") : t("error.text")}
      </ErrorState>
    </div>
  );
}
