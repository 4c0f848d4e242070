import { useTranslations } from "next-intl";
import { Badge, type BadgeTone } from "@/components/ui/badge";
import type { ConcertStatus } from "@/lib/catalog/rules";

const TONE: Record<ConcertStatus, BadgeTone> = {
  upcoming: "warn",
  on_sale: "good",
  sold_out: "bad",
  closed: "neutral",
  past: "neutral",
};

export function StatusBadge({ status }: { status: ConcertStatus }) {
  const t = useTranslations("catalog.status");
  return (
    <Badge tone={TONE[status]}>
      {status === "on_sale" && <span aria-hidden="true" className="size-1.5 rounded-full bg-current" />}
      {t(status)}
    </Badge>
  );
}
