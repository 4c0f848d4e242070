"use client";

import { ChevronRight } from "lucide-react";
import { useTranslations } from "next-intl";
import { LoadingRows } from "@/components/loading-rows";
import { MoreButton } from "@/components/more-button";
import { ProblemPage } from "@/components/problem-text";
import { Badge } from "@/components/ui/badge";
import { LinkButton } from "@/components/ui/button";
import { DateTime } from "@/components/ui/date-time";
import { EmptyState } from "@/components/ui/empty-state";
import { PageHeading } from "@/components/ui/page-heading";
import { useList } from "@/components/use-list";
import type { Wire } from "@/components/wire";
import { Link } from "@/i18n/navigation";
import type { Ticket } from "@/lib/tickets/schema";
import { GivenTickets } from "./given-tickets";
import { TicketBadge } from "./ticket-badge";

/** The fan's tickets, newest first, void ones included. */
export function TicketList() {
  const t = useTranslations("tickets");
  const common = useTranslations("common");
  const list = useList<Wire<Ticket>>(["tickets", "own"], "/tickets");
  if (list.isError && !list.items) {
    return (
      <div className="page-narrow">
        <ProblemPage error={list.error} onRetry={() => list.refetch()} here="/tickets" />
      </div>
    );
  }
  return (
    <div className="page-narrow pb-20">
      <PageHeading title={t("title")} />
      {!list.items && <LoadingRows />}
      {list.items?.length === 0 && (
        <EmptyState
          title={t("emptyTitle")}
          action={
            <LinkButton href="/" variant="primary">
              {common("toConcerts")}
            </LinkButton>
          }
        >
          {t("empty")}
        </EmptyState>
      )}
      <ul className="space-y-4">
        {list.items?.map((ticket) => (
          <li key={ticket.id}>
            <TicketCard ticket={ticket} />
          </li>
        ))}
      </ul>
      <MoreButton list={list} />
      <GivenTickets />
    </div>
  );
}

function TicketCard({ ticket }: { ticket: Wire<Ticket> }) {
  const t = useTranslations("tickets");
  const common = useTranslations("common");
  const isVoid = ticket.status === "void";
  return (
    <Link
      href={`/tickets/${ticket.id}`}
      className={`flex items-center gap-4 rounded-card border border-line p-5 no-underline transition-colors hover:border-line-strong sm:p-6 ${isVoid ? "bg-sunken text-muted" : "bg-surface"}`}
    >
      <div className="min-w-0 flex-1 space-y-1">
        <p className="flex flex-wrap gap-2">
          <TicketBadge status={ticket.status} />
          {ticket.transfer && <Badge tone="warn">{t("transfer.badge")}</Badge>}
        </p>
        <h2 className="pt-1 text-heading">{ticket.concert.title}</h2>
        <p className="font-semibold">
          {common("seat", { section: ticket.section, row: ticket.row, number: ticket.number })}
        </p>
        <p className="text-muted text-sm">
          <DateTime at={ticket.startsAt} timeZone={ticket.venue.timeZone} /> · {ticket.venue.name}
        </p>
      </div>
      <ChevronRight aria-hidden="true" className="size-6 shrink-0 text-muted" />
    </Link>
  );
}
