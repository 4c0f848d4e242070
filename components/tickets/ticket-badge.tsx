import { useTranslations } from "next-intl";
import { Badge, type BadgeTone } from "@/components/ui/badge";
import type { TicketStatus } from "@/db/constants";

const TONE: Record<TicketStatus, BadgeTone> = { issued: "good", checked_in: "accent", void: "neutral" };

/** Whether a ticket still opens the door, in a word. */
export function TicketBadge({ status }: { status: TicketStatus }) {
  const t = useTranslations("tickets.status");
  return <Badge tone={TONE[status]}>{t(status)}</Badge>;
}
