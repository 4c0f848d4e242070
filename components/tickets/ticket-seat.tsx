import { useTranslations } from "next-intl";
import type { TicketSummary } from "@/lib/tickets/schema";

/** The seat, large enough to read while walking down the aisle. */
export function TicketSeat({ ticket }: { ticket: Pick<TicketSummary, "section" | "row" | "number"> }) {
  const t = useTranslations("tickets.seat");
  const parts = [
    { name: t("section"), value: ticket.section },
    { name: t("row"), value: ticket.row },
    { name: t("number"), value: ticket.number },
  ];
  return (
    <dl className="grid grid-cols-[minmax(0,2fr)_1fr_1fr] gap-4 border-line-strong border-y border-dashed px-6 py-5 sm:px-8">
      {parts.map(({ name, value }) => (
        <div key={name} className="min-w-0">
          <dt className="font-semibold text-muted text-sm">{name}</dt>
          <dd className="font-extrabold text-[clamp(1.625rem,7vw,2.75rem)] leading-tight tracking-[-0.04em]">
            {value}
          </dd>
        </div>
      ))}
    </dl>
  );
}
