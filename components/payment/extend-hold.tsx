"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { carryOut } from "@/components/api-client";
import { isProblem } from "@/components/api-problem";
import { useProblemText } from "@/components/problem-text";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { useSingleMutation } from "@/components/use-single-mutation";
import type { Reservation } from "@/lib/booking/schema";
import type { CheckoutConcert } from "./checkout-concert";

/** From here on more time is offered, in seconds. */
const OFFER_FROM = 120;

type Props = { reservation: Reservation; concert: CheckoutConcert; left: number | null };

/** More time by one press, where the concert allows it and the hold is about to end. */
export function ExtendHold({ reservation, concert, left }: Props) {
  const t = useTranslations("payment.more");
  const problemText = useProblemText();
  const queries = useQueryClient();
  const { id, concertId, extensions, offered } = reservation;
  const extend = useSingleMutation({
    mutationFn: () =>
      carryOut<Reservation>(`/concerts/${concertId}/reservations/${id}/extension`, { method: "POST", concertId }),
    onSuccess: (extended) => {
      queries.setQueryData(["reservation", id], extended);
      void queries.invalidateQueries({ queryKey: ["reservations"] });
    },
    onError: () => queries.invalidateQueries({ queryKey: ["reservation", id] }),
  });
  const minutes = Math.max(1, Math.round(concert.holdSeconds / 60));
  const times = concert.holdExtensions - extensions;
  const isOffered = !offered && times > 0 && left !== null && left > 0 && left < OFFER_FROM;
  return (
    <>
      <p role="status" className="sr-only">
        {extend.isSuccess && t("done", { minutes })}
      </p>
      {isOffered && (
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
          <Button variant="solid" pending={extend.isPending} onClick={() => extend.mutate()}>
            {t("action", { minutes })}
          </Button>
          <span className="text-muted text-sm">{t("times", { count: times })}</span>
        </div>
      )}
      {extend.isError && (
        <Notice tone="error">{isProblem(extend.error, "conflict") ? t("none") : problemText(extend.error)}</Notice>
      )}
    </>
  );
}
