"use client";

import { useTranslations } from "next-intl";
import { useEffect, useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { DateTime } from "@/components/ui/date-time";
import { Notice } from "@/components/ui/notice";
import { Skeleton } from "@/components/ui/skeleton";
import type { LoggedChange } from "@/lib/queue/schema";
import { useLive } from "./use-live";

const EVERY_MS = 10_000;
const FEW = 10;
const MANY = 100;

type Change = Omit<LoggedChange, "userId"> & { by: { id: string; name: string | null } | null };
type Props = {
  concertId: string;
  timeZone: string;
  /** Changes when something was done to the room, so that it shows at once. */
  seen: number;
};

/** Every change of the room, newest first. */
export function RoomLog({ concertId, timeZone, seen }: Props) {
  const t = useTranslations("organizer.room");
  const [limit, setLimit] = useState(FEW);
  const path = `/admin/concerts/${concertId}/waiting-room/changes?limit=${limit}`;
  const { data, error, refresh } = useLive<{ items: Change[]; nextCursor: string | null }>(path, EVERY_MS);
  const before = useRef(seen);
  useEffect(() => {
    if (before.current !== seen) refresh();
    before.current = seen;
  }, [seen, refresh]);
  return (
    <section aria-labelledby="log">
      <h2 id="log" className="mb-1 text-heading">
        {t("log.title")}
      </h2>
      <p className="mb-4 text-muted">{t("log.lead")}</p>
      <Card className="space-y-4">
        {!data && !error && <Skeleton className="h-24" />}
        {error != null && <Notice tone="warn">{t("stale")}</Notice>}
        {data?.items.length === 0 && <p className="text-muted">{t("log.empty")}</p>}
        {data && data.items.length > 0 && (
          <div className="overflow-x-auto">
            <table className="w-full text-left text-sm">
              <thead>
                <tr className="border-line-strong border-b">
                  {(["when", "who", "what"] as const).map((name) => (
                    <th key={name} scope="col" className="py-2 pr-4">
                      {t(`log.${name}`)}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {data.items.map((change) => (
                  <tr key={change.id} className="border-line border-b align-top">
                    <td className="whitespace-nowrap py-3 pr-4 tabular-nums">
                      <DateTime at={change.at} timeZone={timeZone} />
                    </td>
                    <td className="py-3 pr-4">
                      <Who change={change} />
                    </td>
                    <td className="py-3">
                      <span className="font-semibold">{t(`log.kinds.${change.kind}`)}</span>
                      <What change={change} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
        {data?.nextCursor && limit === FEW && (
          <Button variant="outline" size="sm" onClick={() => setLimit(MANY)}>
            {t("log.more")}
          </Button>
        )}
      </Card>
    </section>
  );
}

function Who({ change: { by, kind } }: { change: Change }) {
  const t = useTranslations("organizer.room.log");
  if (by) return by.name ?? t("gone");
  return kind === "import" ? t("commandLine") : t("nobody");
}

/** Names that the page has words for; anything else is shown as the API calls it. */
const KNOWN = ["activeLimit", "admissionsPerMinute", "sessionSeconds", "claimSeconds", "mode"] as const;

function What({ change: { before, after } }: { change: Change }) {
  const t = useTranslations("organizer.room");
  const words = (value: unknown): string => {
    if (value === null || value === undefined) return t("log.nothing");
    return typeof value === "object" ? Object.values(value).join(" / ") : String(value);
  };
  const nameOf = (key: string) => {
    const known = KNOWN.find((name) => name === key);
    return known ? t(known) : key;
  };
  return (
    <ul className="mt-1 space-y-0.5 text-muted">
      {[...new Set([...Object.keys(before), ...Object.keys(after)])].map((key) => {
        const values = { name: nameOf(key), before: words(before[key]), after: words(after[key]) };
        if (!(key in after)) return <li key={key}>{t("log.value", { ...values, after: values.before })}</li>;
        return <li key={key}>{key in before ? t("log.change", values) : t("log.value", values)}</li>;
      })}
    </ul>
  );
}
