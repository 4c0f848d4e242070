"use client";

import { useQuery } from "@tanstack/react-query";
import { useLocale, useTranslations } from "next-intl";
import { read } from "@/components/api-client";
import { isProblem } from "@/components/api-problem";
import { LoadingRows } from "@/components/loading-rows";
import { ProblemPage } from "@/components/problem-text";
import { buttonClass, LinkButton } from "@/components/ui/button";
import { DateTime } from "@/components/ui/date-time";
import { EmptyState } from "@/components/ui/empty-state";
import { Money } from "@/components/ui/money";
import { Notice } from "@/components/ui/notice";
import type { Wire } from "@/components/wire";
import { Link } from "@/i18n/navigation";
import type { Ticket } from "@/lib/tickets/schema";
import { TicketBadge } from "./ticket-badge";
import { TicketSeat } from "./ticket-seat";
import { TransferPanel } from "./transfer-panel";

const WATCH_MS = 5000;

/** One ticket, as it is shown at the door. */
export function TicketView({ ticketId }: { ticketId: string }) {
  const t = useTranslations("tickets");
  const ticket = useQuery({
    queryKey: ["ticket", ticketId],
    queryFn: ({ signal }) => read<Wire<Ticket>>(`/tickets/${encodeURIComponent(ticketId)}`, { signal }),
    // While a link is open somebody may take the ticket at any moment.
    refetchInterval: ({ state }) => (state.data?.transfer ? WATCH_MS : false),
  });
  const isGone = ticket.data?.transfer && isProblem(ticket.error, "not_found");
  return (
    <div className="page-narrow pt-6 pb-20 sm:pt-12">
      {ticket.isPending && <LoadingRows rows={1} className="h-[36rem]" />}
      {ticket.isError && !ticket.data && (
        <ProblemPage error={ticket.error} onRetry={() => ticket.refetch()} here={`/tickets/${ticketId}`} />
      )}
      {isGone && (
        <EmptyState
          title={t("gone.title")}
          action={
            <LinkButton href="/tickets" variant="outline">
              {t("title")}
            </LinkButton>
          }
        >
          {t("gone.text")}
        </EmptyState>
      )}
      {ticket.data && !isGone && (
        <>
          <Link
            href="/tickets"
            className="inline-flex min-h-11 items-center font-semibold text-muted text-sm hover:underline"
          >
            ← {t("title")}
          </Link>
          <Sheet ticket={ticket.data} />
          {ticket.data.status === "issued" && <TransferPanel ticket={ticket.data} />}
        </>
      )}
    </div>
  );
}

function Sheet({ ticket }: { ticket: Wire<Ticket> }) {
  const t = useTranslations("tickets");
  const locale = useLocale();
  const isVoid = ticket.status === "void";
  return (
    <article className="mt-2 overflow-hidden rounded-card border border-line bg-surface">
      <header className="space-y-2 p-6 sm:p-8">
        <TicketBadge status={ticket.status} />
        <h1 className="pt-1 text-title">{ticket.concert.title}</h1>
        <p className="text-muted">{ticket.concert.artist}</p>
        <p className="pt-1 font-semibold text-lg">
          <DateTime at={ticket.startsAt} timeZone={ticket.venue.timeZone} />
        </p>
        <p className="text-muted">
          {ticket.venue.name}, {ticket.venue.city}
        </p>
      </header>
      <TicketSeat ticket={ticket} />
      <div className="flex flex-col items-center gap-5 p-6 sm:p-8">
        {isVoid ? (
          <Notice tone="warn" className="w-full" title={t("void.title")}>
            {ticket.bought ? t("void.text") : t("void.given")}
          </Notice>
        ) : (
          <>
            {ticket.status === "checked_in" && ticket.checkedInAt && (
              <Notice className="w-full" title={t("used.title")}>
                <DateTime at={ticket.checkedInAt} timeZone={ticket.venue.timeZone} />
              </Notice>
            )}
            <div className="w-full max-w-80 rounded-card border border-line bg-white p-4">
              {/* biome-ignore lint/performance/noImgElement: a private SVG of the API, the same at any size. */}
              <img
                // Another holder, another code: not the picture that the browser has kept.
                src={`/api/tickets/${ticket.id}.svg#${ticket.code.slice(-8)}`}
                alt={t("qr")}
                width={320}
                height={320}
                className="h-auto w-full"
              />
            </div>
            <p className="max-w-sm text-center text-muted text-sm">{t("show")}</p>
            <div className="flex w-full flex-col gap-2 sm:flex-row">
              <FileLink href={`/api/tickets/${ticket.id}.pdf?locale=${locale}`}>{t("pdf")}</FileLink>
              <FileLink href={`/api/tickets/${ticket.id}.ics?locale=${locale}`}>{t("ics")}</FileLink>
            </div>
          </>
        )}
      </div>
      <footer className="flex flex-wrap justify-between gap-x-6 gap-y-1 border-line border-t px-6 py-4 text-muted text-sm sm:px-8">
        <span>
          {ticket.tier} · <Money amount={ticket.price} currency={ticket.currency} />
        </span>
        {ticket.bought ? (
          <Link href="/reservations" className="underline underline-offset-4">
            {t("toReservation")}
          </Link>
        ) : (
          <span>{t("received")}</span>
        )}
      </footer>
    </article>
  );
}

const FileLink = ({ href, children }: { href: string; children: string }) => (
  <a href={href} download className={`${buttonClass({ variant: "outline" })} flex-1`}>
    {children}
  </a>
);
