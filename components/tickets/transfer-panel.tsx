"use client";

import { useQueryClient } from "@tanstack/react-query";
import { Check, Copy, Share2 } from "lucide-react";
import { useTranslations } from "next-intl";
import { useEffect, useState } from "react";
import { call, read } from "@/components/api-client";
import { useProblemText } from "@/components/problem-text";
import { Button } from "@/components/ui/button";
import { DateTime } from "@/components/ui/date-time";
import { Dialog } from "@/components/ui/dialog";
import { Input } from "@/components/ui/field";
import { Notice } from "@/components/ui/notice";
import { useSingleMutation } from "@/components/use-single-mutation";
import type { Wire } from "@/components/wire";
import type { Ticket, TransferLink } from "@/lib/tickets/schema";
import { transferReason } from "./transfer-reason";

/** Hands a ticket on: makes its link, shows it while it is open, takes it back. */
export function TransferPanel({ ticket }: { ticket: Wire<Ticket> }) {
  const t = useTranslations("tickets.transfer");
  const common = useTranslations("common");
  const problemText = useProblemText();
  const queries = useQueryClient();
  const [asking, setAsking] = useState(false);
  const path = `/tickets/${ticket.id}/transfer`;
  // Also after a refusal: what the page shows was not true any more.
  const onSettled = () => queries.invalidateQueries({ queryKey: ["ticket", ticket.id] });
  const start = useSingleMutation({
    mutationFn: () => read<Wire<TransferLink>>(path, { method: "POST" }),
    onSuccess: (transfer) => {
      queries.setQueryData(["ticket", ticket.id], { ...ticket, transfer });
      setAsking(false);
    },
    onSettled,
  });
  const revoke = useSingleMutation({ mutationFn: () => call(path, { method: "DELETE" }), onSettled });
  const tell = (error: unknown) => {
    const reason = transferReason(error);
    return reason && reason !== "unknown" ? t(`refused.${reason}`) : problemText(error);
  };
  const close = () => {
    start.reset();
    setAsking(false);
  };

  return (
    <section aria-labelledby="transfer" className="mt-6 rounded-card bg-sunken p-6 sm:p-8">
      <h2 id="transfer" className="text-heading">
        {ticket.transfer ? t("openTitle") : t("title")}
      </h2>
      {ticket.transfer ? (
        <OpenLink ticket={ticket} link={ticket.transfer}>
          {revoke.isError && <Notice tone="error">{tell(revoke.error)}</Notice>}
          <Button variant="ghost" block pending={revoke.isPending} onClick={() => revoke.mutate()}>
            {t("revoke")}
          </Button>
        </OpenLink>
      ) : (
        <>
          <p className="mt-2 text-muted">{t("text")}</p>
          <Button variant="outline" className="mt-5" onClick={() => setAsking(true)}>
            {t("start")}
          </Button>
        </>
      )}
      <Dialog
        open={asking}
        onClose={close}
        locked={start.isPending}
        title={t("ask.title")}
        actions={
          <>
            <Button variant="outline" disabled={start.isPending} onClick={close}>
              {common("cancel")}
            </Button>
            <Button pending={start.isPending} onClick={() => start.mutate()}>
              {t("ask.confirm")}
            </Button>
          </>
        }
      >
        <p>{t("ask.text")}</p>
        {ticket.bought && <p>{t("ask.refund")}</p>}
        {start.isError && <Notice tone="error">{tell(start.error)}</Notice>}
      </Dialog>
    </section>
  );
}

function OpenLink({
  ticket,
  link,
  children,
}: {
  ticket: Wire<Ticket>;
  link: Wire<TransferLink>;
  children: React.ReactNode;
}) {
  const t = useTranslations("tickets.transfer");
  const [copied, setCopied] = useState(false);
  const [url, setUrl] = useState("");
  const [canShare, setCanShare] = useState(false);
  useEffect(() => {
    setUrl(new URL(link.path, window.location.origin).href);
    setCanShare(typeof navigator.share === "function");
  }, [link.path]);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 2500);
    return () => clearTimeout(timer);
  }, [copied]);

  return (
    <div className="mt-2 space-y-4">
      <p className="text-muted">
        {t("openText")} {t("until")} <DateTime at={link.expiresAt} timeZone={ticket.venue.timeZone} />
      </p>
      <Input
        readOnly
        value={url}
        aria-label={t("link")}
        onFocus={(focus) => focus.currentTarget.select()}
        className="text-sm"
      />
      <div className="flex flex-col gap-2 sm:flex-row">
        <Button
          className="flex-1"
          onClick={() =>
            navigator.clipboard.writeText(url).then(
              () => setCopied(true),
              () => {},
            )
          }
        >
          {copied ? <Check aria-hidden="true" className="size-5" /> : <Copy aria-hidden="true" className="size-5" />}
          <span aria-live="polite">{copied ? t("copied") : t("copy")}</span>
        </Button>
        {canShare && (
          <Button
            variant="outline"
            className="flex-1"
            onClick={() => navigator.share({ title: ticket.concert.title, text: t("shareText"), url }).catch(() => {})}
          >
            <Share2 aria-hidden="true" className="size-5" />
            {t("share")}
          </Button>
        )}
      </div>
      {children}
    </div>
  );
}
