"use client";

import { useTranslations } from "next-intl";
import { type FormEvent, useState } from "react";
import { read } from "@/components/api-client";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Dialog } from "@/components/ui/dialog";
import { Field, fieldProps, Input } from "@/components/ui/field";
import { Notice } from "@/components/ui/notice";
import { Skeleton } from "@/components/ui/skeleton";
import type { Invitation } from "@/lib/queue/schema";
import { ActionOutcome } from "./action-outcome";
import { useLive } from "./use-live";
import { useRoomAction } from "./use-room-action";

const EVERY_MS = 5000;

/** Codes that pass the line: made, watched and revoked here. */
export function Invitations({ concertId, onDone }: { concertId: string; onDone: () => void }) {
  const t = useTranslations("organizer.room");
  const path = `/admin/concerts/${concertId}/invitations`;
  const { data, error, refresh } = useLive<{ items: Invitation[] }>(path, EVERY_MS);
  const { pending, outcome, run } = useRoomAction(t("invitations.invalid"));
  const [asked, setAsked] = useState<Invitation | null>(null);
  const done = () => {
    refresh();
    onDone();
  };

  function make(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = event.currentTarget;
    const values = new FormData(form);
    const body = { label: String(values.get("label")), usesLimit: Number(values.get("usesLimit")) };
    void run(async () => {
      await read(path, { method: "POST", body });
      form.reset();
      done();
      return null;
    });
  }
  const revoke = ({ id }: Invitation) => {
    setAsked(null);
    void run(async () => {
      await read(`${path}/${id}`, { method: "DELETE" });
      done();
      return null;
    });
  };
  return (
    <section aria-labelledby="invitations">
      <h2 id="invitations" className="mb-1 text-heading">
        {t("invitations.title")}
      </h2>
      <p className="mb-4 text-muted">{t("invitations.lead")}</p>
      <Card className="space-y-6">
        <form onSubmit={make} className="grid items-end gap-4 sm:grid-cols-[1fr_10rem_auto]">
          <Field id="invitation-label" label={t("invitations.label")}>
            <Input {...fieldProps("invitation-label")} name="label" required maxLength={100} autoComplete="off" />
          </Field>
          <Field id="invitation-limit" label={t("invitations.usesLimit")}>
            <Input
              {...fieldProps("invitation-limit")}
              name="usesLimit"
              type="number"
              inputMode="numeric"
              required
              min={1}
              max={100_000}
              step={1}
              defaultValue={10}
            />
          </Field>
          <Button type="submit" pending={pending}>
            {t("invitations.make")}
          </Button>
        </form>
        <ActionOutcome outcome={outcome} />
        {!data && !error && <Skeleton className="h-24" />}
        {error != null && <Notice tone="warn">{t("stale")}</Notice>}
        {data?.items.length === 0 && <p className="text-muted">{t("invitations.empty")}</p>}
        {data && data.items.length > 0 && <InvitationTable items={data.items} onRevoke={setAsked} />}
      </Card>
      <Dialog
        open={asked !== null}
        onClose={() => setAsked(null)}
        title={t("invitations.confirmRevoke")}
        actions={
          <Button variant="danger" onClick={() => asked && revoke(asked)}>
            {t("invitations.revoke")}
          </Button>
        }
      >
        <p>{t("invitations.confirmRevokeText", { code: asked?.code ?? "" })}</p>
      </Dialog>
    </section>
  );
}

function InvitationTable({ items, onRevoke }: { items: Invitation[]; onRevoke: (invitation: Invitation) => void }) {
  const t = useTranslations("organizer.room.invitations");
  return (
    <div className="max-h-96 overflow-auto">
      <table className="w-full text-left text-sm">
        <thead>
          <tr className="border-line-strong border-b">
            {(["code", "label", "used"] as const).map((name) => (
              <th key={name} scope="col" className="py-2 pr-4">
                {t(name)}
              </th>
            ))}
            <th scope="col">
              <span className="sr-only">{t("actions")}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {items.map((invitation) => (
            <tr key={invitation.id} className="border-line border-b">
              <td className={`py-3 pr-4 font-mono ${invitation.revokedAt ? "text-muted line-through" : ""}`}>
                {invitation.code}
              </td>
              <td className="py-3 pr-4">{invitation.label}</td>
              <td className="py-3 pr-4 tabular-nums">
                {t("usedOf", { uses: invitation.uses, limit: invitation.usesLimit })}
              </td>
              <td className="text-right">
                {invitation.revokedAt ? (
                  <span className="text-muted">{t("revoked")}</span>
                ) : (
                  <Button variant="ghost" size="sm" onClick={() => onRevoke(invitation)}>
                    {t("revoke")}
                  </Button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
