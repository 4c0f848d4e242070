"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { carryOut, read } from "@/components/api-client";
import { isProblem } from "@/components/api-problem";
import { useProblemText } from "@/components/problem-text";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Money } from "@/components/ui/money";
import { Notice } from "@/components/ui/notice";
import { Skeleton } from "@/components/ui/skeleton";
import { useSingleMutation } from "@/components/use-single-mutation";
import { useMoney } from "@/components/wallet/use-money";
import type { Wire } from "@/components/wire";
import type { Reservation } from "@/lib/booking/schema";
import type { Refund } from "@/lib/payment/schema";
import type { Ticket } from "@/lib/tickets/schema";

type RefundSomeProps = { open: boolean; onClose: () => void; reservation: Reservation };

/** Asks which tickets of a paid reservation go back; the others stay as they are. */
export function RefundSome({ open, onClose, reservation }: RefundSomeProps) {
  const t = useTranslations("payment.refundSome");
  const common = useTranslations("common");
  const money = useMoney();
  const problemText = useProblemText();
  const queries = useQueryClient();
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const { id, concertId, currency } = reservation;
  const tickets = useQuery({
    queryKey: ["tickets", "of", id],
    queryFn: ({ signal }) =>
      read<{ items: Wire<Ticket>[] }>(`/tickets?limit=100&reservationId=${encodeURIComponent(id)}`, { signal }),
    enabled: open,
    staleTime: 0,
  });
  const issued = tickets.data?.items.filter((ticket) => ticket.status === "issued");
  // Seats in the reservation's order, as the card has them.
  const order = reservation.seats.map((seat) => `${seat.section} ${seat.row} ${seat.number}`);
  const place = (ticket: Wire<Ticket>) => order.indexOf(`${ticket.section} ${ticket.row} ${ticket.number}`);
  const offered = issued?.toSorted((a, b) => place(a) - place(b));
  const going = offered?.filter((ticket) => chosen.includes(ticket.id)) ?? [];
  const amount = going.reduce((sum, ticket) => sum + ticket.price, 0);
  const giveBack = useSingleMutation({
    mutationFn: () =>
      carryOut<Refund>(`/concerts/${concertId}/reservations/${id}/refunds`, {
        method: "POST",
        body: { ticketIds: going.map((ticket) => ticket.id) },
      }),
    onSuccess: () => close(),
    // Also after a refusal: what the page shows was not true any more.
    onSettled: () => queries.invalidateQueries(),
  });
  const close = () => {
    giveBack.reset();
    setChosen([]);
    onClose();
  };
  const toggle = (ticketId: string, on: boolean) =>
    setChosen(on ? [...chosen, ticketId] : chosen.filter((other) => other !== ticketId));
  return (
    <Dialog
      open={open}
      onClose={close}
      locked={giveBack.isPending}
      title={t("title")}
      actions={
        <>
          <Button variant="outline" disabled={giveBack.isPending} onClick={close}>
            {t("keep")}
          </Button>
          <Button
            variant="danger"
            pending={giveBack.isPending}
            disabled={going.length === 0}
            onClick={() => giveBack.mutate()}
          >
            {going.length === 0 ? t("choose") : t("confirm", { amount: money(amount, currency) })}
          </Button>
        </>
      }
    >
      <p>{t("text")}</p>
      {tickets.isPending && <Skeleton className="h-24" />}
      {tickets.isError && <Notice tone="error">{problemText(tickets.error)}</Notice>}
      {offered?.length === 0 && <p>{t("none")}</p>}
      {offered && offered.length > 0 && (
        <fieldset disabled={giveBack.isPending}>
          <legend className="sr-only">{t("choose")}</legend>
          <ul className="divide-y divide-line border-line border-y">
            {offered.map((ticket) => (
              <li key={ticket.id}>
                <label className="flex min-h-12 cursor-pointer items-center gap-3 text-ink">
                  <input
                    type="checkbox"
                    className="size-5 accent-accent"
                    checked={chosen.includes(ticket.id)}
                    onChange={({ target }) => toggle(ticket.id, target.checked)}
                  />
                  <span className="flex-1">
                    {common("seat", { section: ticket.section, row: ticket.row, number: ticket.number })}
                  </span>
                  <Money amount={ticket.price} currency={ticket.currency} />
                </label>
              </li>
            ))}
          </ul>
        </fieldset>
      )}
      {giveBack.isError && (
        <Notice tone="error">
          {isProblem(giveBack.error, "not_cancellable") ? t("tooLate") : problemText(giveBack.error)}
        </Notice>
      )}
    </Dialog>
  );
}
