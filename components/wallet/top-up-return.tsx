"use client";

import { useSearchParams } from "next/navigation";
import { useTranslations } from "next-intl";
import { Suspense } from "react";
import { useProblemText } from "@/components/problem-text";
import { Notice } from "@/components/ui/notice";
import { Spinner } from "@/components/ui/spinner";
import { useMoney } from "./use-money";
import { useTopUpState } from "./use-wallet";

/** Where the top-up stands from whose payment page the fan comes back (`?topUp=`); nothing for anybody else. */
export function TopUpReturn() {
  return (
    <Suspense fallback={null}>
      <Returned />
    </Suspense>
  );
}

function Returned() {
  const id = useSearchParams().get("topUp");
  return id ? <State key={id} id={id} /> : null;
}

function State({ id }: { id: string }) {
  const t = useTranslations("wallet.return");
  const money = useMoney();
  const problemText = useProblemText();
  const { data, error } = useTopUpState(id);
  if (error && !data) {
    return (
      <Notice tone="error" title={t("unread")}>
        {problemText(error)}
      </Notice>
    );
  }
  const amount = data ? money(data.amount, data.currency) : "";
  return (
    <div role="status" aria-live="polite">
      {!data && <Spinner />}
      {data?.status === "pending" && (
        <Notice title={t("pendingTitle", { amount })}>
          <p>{t("pending")}</p>
          {data.url && (
            <a href={data.url} className="mt-2 inline-flex min-h-11 items-center font-semibold underline">
              {t("goOn")}
            </a>
          )}
        </Notice>
      )}
      {data?.status === "credited" && <Notice title={t("credited", { amount })} />}
      {(data?.status === "failed" || data?.status === "expired") && (
        <Notice tone="warn" title={t("failedTitle")}>
          {t("failed")}
        </Notice>
      )}
    </div>
  );
}
