"use client";

import { useTranslations } from "next-intl";
import { Button, LinkButton } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/error-state";
import { isProblem } from "./api-problem";
import { useRecovery } from "./use-recovery";

/** What to tell the fan about an error that no page has its own words for. */
export function useProblemText(): (error: unknown) => string {
  const t = useTranslations("common.error");
  return (error) => {
    if (isProblem(error, "network")) return t("offline");
    if (isProblem(error, "rate_limited")) return t("rateLimited");
    if (isProblem(error, "forbidden")) return t("forbidden");
    if (isProblem(error) && error.status >= 500) return t("unavailable");
    return t("text");
  };
}

/** A page that could not be read: why, and the way on. Who is not signed in is shown the door. */
export function ProblemPage({ error, onRetry, here }: { error: unknown; onRetry: () => void; here: string }) {
  const t = useTranslations("common");
  const text = useProblemText();
  const away = isProblem(error) && error.isPassing;
  useRecovery(away && error.code !== "rate_limited", onRetry);
  if (isProblem(error, "unauthenticated")) return <SignInNeeded here={here} />;
  if (isProblem(error, "not_found")) {
    return (
      <ErrorState
        title={t("error.notFoundTitle")}
        action={
          <LinkButton href="/" variant="primary">
            {t("toConcerts")}
          </LinkButton>
        }
      >
        {t("error.notFound")}
      </ErrorState>
    );
  }
  return (
    <ErrorState
      title={away ? t("error.unavailableTitle") : t("error.title")}
      action={
        <Button variant="primary" onClick={onRetry}>
          {t("retry")}
        </Button>
      }
    >
      {text(error)}
    </ErrorState>
  );
}

/** The way to sign in and back here; `here` is the path without its locale. */
export function SignInNeeded({ here }: { here: string }) {
  const t = useTranslations("common.signIn");
  return (
    <div className="flex flex-col items-start gap-6 py-16 sm:py-24">
      <h1 className="text-title">{t("needed")}</h1>
      <LinkButton href={{ pathname: "/sign-in", query: { next: here } }} variant="primary" size="lg">
        {t("action")}
      </LinkButton>
    </div>
  );
}
