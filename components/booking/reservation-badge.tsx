import { useTranslations } from "next-intl";
import { Badge, type BadgeTone } from "@/components/ui/badge";
import type { ReservationStatus } from "@/db/constants";

const TONE: Record<ReservationStatus, BadgeTone> = {
  held: "warn",
  paid: "good",
  cancelled: "neutral",
  expired: "neutral",
  refunded: "neutral",
};

/** Where a reservation stands, in a word. */
export function ReservationBadge({ status }: { status: ReservationStatus }) {
  const t = useTranslations("payment.status");
  return <Badge tone={TONE[status]}>{t(status)}</Badge>;
}
