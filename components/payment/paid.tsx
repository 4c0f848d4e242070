"use client";

import { useQuery } from "@tanstack/react-query";
import { ChevronRight, CircleCheck } from "lucide-react";
import { useLocale, useTranslations } from "next-intl";
import { useEffect, useRef } from "react";
import { read } from "@/components/api-client";
import { Button, buttonClass, LinkButton } from "@/components/ui/button";
import { DateTime } from "@/components/ui/date-time";
import { Money } from "@/components/ui/money";
import type { Wire } from "@/components/wire";
import { Link } from "@/i18n/navigation";
import type { Reservation } from "@/lib/booking/schema";
import type { Payment } from "@/lib/payment/schema";
import type { Ticket, TicketSummary } from "@/lib/tickets/schema";
import type { CheckoutConcert } from "./checkout-concert";

type PaidProps = {
  reservation: Reservation;
  /** The answer to paying, where it was paid just now. */
  payment: Payment | undefined;
  concert: CheckoutConcert;
};

/** Paid: the tickets, and where to find them again. */
export function Paid({ reservation, payment, concert }: PaidProps) {
  const t = useTranslations("payment.paid");
  const heading = useRef<HTMLHeadingElement>(null);
  const isNew = payment !== undefined;
  const found = useQuery({
    queryKey: ["tickets", "of", reservation.id],
    queryFn: async ({ signal }) => {
      const { items } = await read<{ items: Wire<Ticket>[] }>("/tickets?limit=100", { signal });
      return items.filter(({ reservationId }) => reservationId === reservation.id);
    },
    enabled: !isNew,
  });
  const tickets: TicketSummary[] = payment?.tickets ?? found.data ?? [];
  const performance = concert.performances.find(({ id }) => id === reservation.performanceId);
  const only = tickets.length === 1 ? tickets[0] : undefined;

  useEffect(() => {
    if (!isNew) return;
    heading.current?.focus();
    window.scrollTo({ top: 0 });
  }, [isNew]);

  return (
    <div className="page-narrow pt-10 pb-20 sm:pt-16">
      <CircleCheck aria-hidden="true" className="size-12 animate-rise text-good" strokeWidth={1.75} />
      <h1 ref={heading} tabIndex={-1} className="mt-4 text-title outline-none">
        {isNew ? t("title") : t("already")}
      </h1>
      <p className="mt-3 text-lg text-muted">
        {concert.title}
        {performance && " · "}
        {performance && <DateTime at={performance.startsAt} timeZone={concert.venue.timeZone} />}
      </p>
      {tickets.length > 0 && (
        <ul className="mt-8 space-y-3">
          {tickets.map((ticket) => (
            <TicketRow key={ticket.id} ticket={ticket} />
          ))}
        </ul>
      )}
      <dl className="mt-7 space-y-2 border-line border-t pt-5">
        <div className="flex justify-between gap-4">
          <dt className="text-muted">{t("amount")}</dt>
          <dd className="font-bold">
            <Money amount={reservation.amount} currency={reservation.currency} />
          </dd>
        </div>
        {payment && (
          <div className="flex justify-between gap-4">
            <dt className="text-muted">{t("balance")}</dt>
            <dd className="font-semibold">
              <Money amount={payment.balance} currency={payment.currency} />
            </dd>
          </div>
        )}
      </dl>
      <div className="mt-8 flex flex-col gap-2 sm:flex-row">
        <LinkButton href={only ? `/tickets/${only.id}` : "/tickets"} variant="primary" size="lg">
          {only ? t("openTicket") : t("toTickets")}
        </LinkButton>
        <LinkButton href="/reservations" variant="outline" size="lg">
          {t("toReservations")}
        </LinkButton>
      </div>
      {found.isError && (
        <Button variant="ghost" className="mt-2" onClick={() => found.refetch()}>
          {t("showTickets")}
        </Button>
      )}
    </div>
  );
}

function TicketRow({ ticket }: { ticket: TicketSummary }) {
  const t = useTranslations("payment.paid");
  const common = useTranslations("common");
  const locale = useLocale();
  const seat = common("seat", { section: ticket.section, row: ticket.row, number: ticket.number });
  return (
    <li className="flex animate-rise items-center gap-2 rounded-card border border-line bg-surface p-2 pl-5">
      <Link
        href={`/tickets/${ticket.id}`}
        className="flex min-h-12 flex-1 items-center gap-1 font-bold hover:underline"
      >
        {seat}
        <ChevronRight aria-hidden="true" className="size-5 text-muted" />
      </Link>
      <a
        href={`/api/tickets/${ticket.id}.pdf?locale=${locale}`}
        download
        aria-label={t("pdfOf", { seat })}
        className={buttonClass({ variant: "ghost", size: "sm" })}
      >
        PDF
      </a>
    </li>
  );
}
