"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { read } from "@/components/api-client";
import { isProblem } from "@/components/api-problem";
import type { SaleConcert } from "@/components/booking/sale-concert";
import { SignInNeeded, useProblemText } from "@/components/problem-text";
import { Button, LinkButton } from "@/components/ui/button";
import { Field, Select } from "@/components/ui/field";
import { Notice } from "@/components/ui/notice";
import { useSingleMutation } from "@/components/use-single-mutation";
import type { WaitlistEntry } from "@/lib/waitlist/schema";

/** How many seats and at which price a fan waits for. */
export function JoinForm({ concert, performanceId }: { concert: SaleConcert; performanceId: string }) {
  const t = useTranslations("waitlist.join");
  const queries = useQueryClient();
  const [count, setCount] = useState(Math.min(2, concert.maxSeatsPerFan));
  const [tier, setTier] = useState("");
  const join = useSingleMutation({
    mutationFn: () =>
      read<WaitlistEntry>(`/concerts/${concert.id}/performances/${performanceId}/waitlist`, {
        method: "POST",
        body: { count, ...(tier === "" ? {} : { tier }) },
      }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["waitlist"] }),
  });
  const ids = { count: `count-${performanceId}`, tier: `tier-${performanceId}` };
  return (
    <form
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault();
        join.mutate();
      }}
    >
      <div className="grid gap-4 sm:grid-cols-2">
        <Field id={ids.count} label={t("count")}>
          <Select id={ids.count} value={count} onChange={({ target }) => setCount(Number(target.value))}>
            {Array.from({ length: concert.maxSeatsPerFan }, (_, at) => at + 1).map((one) => (
              <option key={one} value={one}>
                {t("countOption", { count: one })}
              </option>
            ))}
          </Select>
        </Field>
        <Field id={ids.tier} label={t("tier")}>
          <Select id={ids.tier} value={tier} onChange={({ target }) => setTier(target.value)}>
            <option value="">{t("any")}</option>
            {concert.tiers.map(({ name }) => (
              <option key={name}>{name}</option>
            ))}
          </Select>
        </Field>
      </div>
      <Button type="submit" variant="solid" pending={join.isPending}>
        {t("action")}
      </Button>
      <JoinProblem error={join.error} concert={concert} />
    </form>
  );
}

function JoinProblem({ error, concert }: { error: unknown; concert: SaleConcert }) {
  const t = useTranslations("waitlist.join");
  const problemText = useProblemText();
  if (!error) return null;
  if (isProblem(error, "unauthenticated")) return <SignInNeeded here={`/concerts/${concert.slug}/waitlist`} />;
  if (isProblem(error, "conflict")) {
    return (
      <Notice tone="warn" live title={t("onSaleTitle")}>
        <p>{t("onSale")}</p>
        <LinkButton href={`/concerts/${concert.slug}/queue`} variant="outline" size="sm" className="mt-3">
          {t("toQueue")}
        </LinkButton>
      </Notice>
    );
  }
  if (isProblem(error, "seat_limit_exceeded"))
    return <Notice tone="error">{t("limit", { limit: concert.maxSeatsPerFan })}</Notice>;
  if (isProblem(error, "not_on_sale")) return <Notice tone="error">{t("notOnSale")}</Notice>;
  return <Notice tone="error">{problemText(error)}</Notice>;
}
