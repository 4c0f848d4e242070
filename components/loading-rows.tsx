"use client";

import { useTranslations } from "next-intl";
import { Skeleton } from "@/components/ui/skeleton";

/** Stands in for rows that are on their way. */
export function LoadingRows({ rows = 3, className = "h-32" }: { rows?: number; className?: string }) {
  const t = useTranslations("common");
  return (
    <div className="space-y-4">
      <p role="status" className="sr-only">
        {t("loading")}
      </p>
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows that never move.
        <Skeleton key={row} className={`${className} w-full rounded-card`} />
      ))}
    </div>
  );
}
