"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { read } from "@/components/api-client";
import { isProblem } from "@/components/api-problem";
import { LoadingRows } from "@/components/loading-rows";
import { ProblemPage, useProblemText } from "@/components/problem-text";
import { Button, LinkButton } from "@/components/ui/button";
import { DateTime } from "@/components/ui/date-time";
import { EmptyState } from "@/components/ui/empty-state";
import { Notice } from "@/components/ui/notice";
import { PageHeading } from "@/components/ui/page-heading";
import { useSingleMutation } from "@/components/use-single-mutation";
import type { Wire } from "@/components/wire";
import { useRouter } from "@/i18n/navigation";
import type { Ticket, TransferPreview } from "@/lib/tickets/schema";
import { TicketSeat } from "./ticket-seat";
import { transferReason } from "./transfer-reason";
import { forgetClaimToken, useClaimToken } from "./use-claim-token";

const HERE = "/tickets/claim";

/** Where a transfer's link leads: what is offered, by whom, and the button that takes it. */
export function ClaimTicket() {
  const token = useClaimToken();
  const offer = useQuery({
    queryKey: ["claim", token],
    enabled: Boolean(token),
    queryFn: ({ signal }) =>
      read<Wire<TransferPreview>>("/tickets/claims/preview", { method: "POST", body: { token }, signal }),
  });
  const reason = transferReason(offer.error);
  return (
    <div className="page-narrow pb-20">
      {token === null ? (
        <Over reason="unknown" />
      ) : isProblem(offer.error, "unauthenticated") ? (
        <SignInFirst />
      ) : offer.error && reason ? (
        <Over reason={reason} />
      ) : offer.error && !offer.data ? (
        <ProblemPage error={offer.error} onRetry={() => void offer.refetch()} here={HERE} />
      ) : offer.data && token ? (
        <Offer offer={offer.data} token={token} />
      ) : (
        <div className="pt-8 sm:pt-14">
          <LoadingRows rows={1} className="h-96" />
        </div>
      )}
    </div>
  );
}

function Offer({ offer, token }: { offer: Wire<TransferPreview>; token: string }) {
  const t = useTranslations("tickets.claim");
  const problemText = useProblemText();
  const queries = useQueryClient();
  const router = useRouter();
  const claim = useSingleMutation({
    mutationFn: () => read<Wire<Ticket>>("/tickets/claims", { method: "POST", body: { token } }),
    onSuccess: (ticket) => {
      forgetClaimToken();
      queries.setQueryData(["ticket", ticket.id], ticket);
      void queries.invalidateQueries({ queryKey: ["tickets"] });
      router.replace(`/tickets/${ticket.id}`);
    },
  });
  const reason = transferReason(claim.error);
  if (reason) return <Over reason={reason} />;
  return (
    <>
      <PageHeading title={t("title")} lead={t("from", { name: offer.from.name })} />
      <article className="overflow-hidden rounded-card border border-line bg-surface">
        <header className="space-y-2 p-6 sm:p-8">
          <h2 className="text-title">{offer.concert.title}</h2>
          <p className="text-muted">{offer.concert.artist}</p>
          <p className="pt-1 font-semibold text-lg">
            <DateTime at={offer.startsAt} timeZone={offer.venue.timeZone} />
          </p>
          <p className="text-muted">
            {offer.venue.name}, {offer.venue.city}
          </p>
        </header>
        <TicketSeat ticket={offer} />
        <div className="space-y-4 p-6 sm:p-8">
          {claim.isError && <Notice tone="error">{problemText(claim.error)}</Notice>}
          {offer.ticketId ? (
            <LinkButton href={`/tickets/${offer.ticketId}`} variant="primary" size="lg" block>
              {t("toTicket")}
            </LinkButton>
          ) : (
            <>
              <Button variant="primary" size="lg" block pending={claim.isPending} onClick={() => claim.mutate()}>
                {t("accept")}
              </Button>
              <p className="text-balance text-center text-muted text-sm">
                {t("rule")}
                <br />
                {t("until")} <DateTime at={offer.expiresAt} timeZone={offer.venue.timeZone} />
              </p>
            </>
          )}
        </div>
      </article>
    </>
  );
}

/** Nobody is told what a link offers before signing in; the link waits in this tab meanwhile. */
function SignInFirst() {
  const t = useTranslations("tickets.claim");
  return (
    <>
      <PageHeading title={t("title")} lead={t("signIn")} />
      <div className="flex flex-col gap-3 sm:flex-row">
        <LinkButton href={{ pathname: "/sign-in", query: { next: HERE } }} variant="primary" size="lg">
          {t("toSignIn")}
        </LinkButton>
        <LinkButton href={{ pathname: "/sign-up", query: { next: HERE } }} variant="outline" size="lg">
          {t("toSignUp")}
        </LinkButton>
      </div>
    </>
  );
}

function Over({ reason }: { reason: NonNullable<ReturnType<typeof transferReason>> }) {
  const t = useTranslations("tickets.claim");
  return (
    <div className="pt-8 sm:pt-14">
      <EmptyState
        title={t(`over.${reason}.title`)}
        action={
          <LinkButton href="/tickets" variant="outline">
            {t("toTickets")}
          </LinkButton>
        }
      >
        {t(`over.${reason}.text`)}
      </EmptyState>
    </div>
  );
}
