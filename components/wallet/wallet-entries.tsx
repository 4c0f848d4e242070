"use client";

import { useTranslations } from "next-intl";
import { LoadingRows } from "@/components/loading-rows";
import { MoreButton } from "@/components/more-button";
import { useProblemText } from "@/components/problem-text";
import { Button } from "@/components/ui/button";
import { DateTime } from "@/components/ui/date-time";
import { Money } from "@/components/ui/money";
import { Notice } from "@/components/ui/notice";
import { useList } from "@/components/use-list";
import type { Wire } from "@/components/wire";
import type { WalletEntry } from "@/lib/wallet/schema";
import { StatementForm } from "./statement-form";

/** The wallet's movements, newest first. */
export function WalletEntries() {
  const t = useTranslations("wallet.history");
  const common = useTranslations("common");
  const problemText = useProblemText();
  const list = useList<Wire<WalletEntry>>(["wallet-entries"], "/wallet/entries");
  return (
    <section aria-labelledby="wallet-history">
      <h2 id="wallet-history" className="mb-4 text-heading">
        {t("title")}
      </h2>
      {list.isPending && <LoadingRows className="h-16" />}
      {list.isError && !list.items && (
        <div className="space-y-3">
          <Notice tone="error">{problemText(list.error)}</Notice>
          <Button variant="outline" onClick={() => list.refetch()}>
            {common("retry")}
          </Button>
        </div>
      )}
      {list.items?.length === 0 && <p className="rounded-card bg-sunken p-6 text-muted">{t("empty")}</p>}
      {list.items && list.items.length > 0 && (
        <ul className="divide-y divide-line border-line border-y">
          {list.items.map((entry) => (
            <Entry key={entry.id} entry={entry} />
          ))}
        </ul>
      )}
      <MoreButton list={list} />
      {list.items && list.items.length > 0 && <StatementForm />}
    </section>
  );
}

function Entry({ entry }: { entry: Wire<WalletEntry> }) {
  const t = useTranslations("wallet.history");
  // Money moved when the fan's own clock said so; only performances follow the hall's.
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  return (
    <li className="flex items-baseline justify-between gap-4 py-4">
      <div>
        <p className="font-semibold">{t(entry.kind)}</p>
        {entry.reason && <p className="text-sm [overflow-wrap:anywhere]">{entry.reason}</p>}
        <p className="text-muted text-sm">
          <DateTime at={entry.createdAt} timeZone={timeZone} />
        </p>
      </div>
      <div className="text-right">
        <p className={`font-bold ${entry.amount > 0 ? "text-good" : ""}`}>
          {entry.amount > 0 && "+"}
          <Money amount={entry.amount} />
        </p>
        <p className="text-muted text-sm">
          {t("after")} <Money amount={entry.balanceAfter} />
        </p>
      </div>
    </li>
  );
}
