"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { call } from "@/components/api-client";
import { isProblem } from "@/components/api-problem";
import { useProblemText } from "@/components/problem-text";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Notice } from "@/components/ui/notice";
import { useSingleMutation } from "@/components/use-single-mutation";
import { useMoney } from "@/components/wallet/use-money";
import type { Reservation } from "@/lib/booking/schema";

type GiveUpProps = {
  open: boolean;
  onClose: () => void;
  reservation: Reservation;
  /** The concert's rule; absent while the concert is not read. */
  refundUntilHours: number | undefined;
};

/** Asks once more, with the rule, before held seats are released or a paid reservation is refunded. */
export function GiveUp({ open, onClose, reservation, refundUntilHours }: GiveUpProps) {
  const t = useTranslations("payment.giveUp");
  const rule = useTranslations("payment");
  const money = useMoney();
  const problemText = useProblemText();
  const queries = useQueryClient();
  const { id, concertId, status, amount, currency } = reservation;
  const kind = status === "paid" ? "paid" : reservation.offered ? "offered" : "held";
  const giveUp = useSingleMutation({
    mutationFn: () => call(`/concerts/${concertId}/reservations/${id}`, { method: "DELETE" }),
    onSuccess: () => onClose(),
    // Also after a refusal: what the page shows was not true any more.
    onSettled: () => queries.invalidateQueries(),
  });
  const close = () => {
    giveUp.reset();
    onClose();
  };
  return (
    <Dialog
      open={open}
      onClose={close}
      locked={giveUp.isPending}
      title={t(`${kind}.title`)}
      actions={
        <>
          <Button variant="outline" disabled={giveUp.isPending} onClick={close}>
            {t("keep")}
          </Button>
          <Button variant="danger" pending={giveUp.isPending} onClick={() => giveUp.mutate()}>
            {t(`${kind}.confirm`)}
          </Button>
        </>
      }
    >
      <p>{t(`${kind}.text`, { amount: money(amount, currency) })}</p>
      {kind === "paid" && refundUntilHours !== undefined && <p>{rule("rule", { hours: refundUntilHours })}</p>}
      {giveUp.isError && (
        <Notice tone="error">
          {isProblem(giveUp.error, "not_cancellable") ? t("tooLate") : problemText(giveUp.error)}
        </Notice>
      )}
    </Dialog>
  );
}
