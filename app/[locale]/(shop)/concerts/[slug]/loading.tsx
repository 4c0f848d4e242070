import { useTranslations } from "next-intl";
import { Skeleton } from "@/components/ui/skeleton";

export default function LoadingConcert() {
  const t = useTranslations("common");
  return (
    <div
      role="status"
      aria-label={t("loading")}
      className="page-width grid gap-x-12 gap-y-8 max-md:px-0 md:grid-cols-[minmax(0,5fr)_minmax(0,6fr)] md:pt-12 lg:gap-x-20"
    >
      <Skeleton className="aspect-3/4 w-full md:rounded-card" />
      <div className="space-y-5 max-md:px-5 md:pt-14">
        <Skeleton className="h-7 w-20" />
        <Skeleton className="h-16 w-4/5" />
        <Skeleton className="h-8 w-2/5" />
        <Skeleton className="h-32 w-full" />
        <Skeleton className="h-48 w-full" />
      </div>
    </div>
  );
}
