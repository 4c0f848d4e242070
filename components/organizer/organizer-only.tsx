"use client";

import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { SignInNeeded } from "@/components/problem-text";
import { useSession } from "@/components/session/session";
import { EmptyState } from "@/components/ui/empty-state";
import { Skeleton } from "@/components/ui/skeleton";

/** Shows its content to organisers. A courtesy: every call behind it is checked by the server. */
export function OrganizerOnly({ here, children }: { here: string; children: ReactNode }) {
  const t = useTranslations("organizer.refused");
  const { status, user } = useSession();
  if (status === "loading") {
    return (
      <div aria-busy="true" className="space-y-4 py-6">
        <Skeleton className="h-28" />
        <Skeleton className="h-28" />
      </div>
    );
  }
  if (status === "signed-out") return <SignInNeeded here={here} />;
  if (user && user.role === "fan") return <EmptyState title={t("title")}>{t("text")}</EmptyState>;
  return children;
}
