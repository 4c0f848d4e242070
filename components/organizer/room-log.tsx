"use client";

import { useTranslations } from "next-intl";
import { useEffect, useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { DateTime } from "@/components/ui/date-time";
import { Notice } from "@/components/ui/notice";
import { Skeleton } from "@/components/ui/skeleton";
import { ROOM_MODES } from "@/db/constants";
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
          <ol className="divide-y divide-line">
            {data.items.map((change) => (
              <li key={change.id} className="py-3 text-sm first:pt-0">
                <p className="flex flex-wrap items-baseline justify-between gap-x-4">
                  <span className="font-semibold text-base">{t(`log.kinds.${change.kind}`)}</span>
                  <span className="text-muted tabular-nums">
                    <DateTime at={change.at} timeZone={timeZone} /> · <Who change={change} />
                  </span>
                </p>
                <What change={change} />
              </li>
            ))}
          </ol>
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
  if (by) return t("by", { who: by.name ?? t("gone") });
  return kind === "import" ? t("commandLine") : t("nobody");
}

const SETTINGS = [
  "activeLimit",
  "admissionsPerMinute",
  "sessionSeconds",
  "claimSeconds",
  "challengeAbove",
  "challengeBits",
  "mode",
] as const;
const OTHERS = [
  "message",
  "label",
  "usesLimit",
  "uses",
  "order",
  "seconds",
  "extended",
  "drainingSince",
  "drainedAt",
  "opensAt",
  "closesAt",
] as const;

/** What changed, in the page's words where it has any, else as the API calls it. */
function What({ change: { before, after } }: { change: Change }) {
  const t = useTranslations("organizer.room");
  const nameOf = (key: string) => {
    const setting = SETTINGS.find((name) => name === key);
    const other = OTHERS.find((name) => name === key);
    return setting ? t(setting) : other ? t(`log.names.${other}`) : key;
  };
  const words = (key: string, value: unknown): string => {
    if (value === null || value === undefined) return t("log.nothing");
    const mode = key === "mode" ? ROOM_MODES.find((name) => name === value) : undefined;
    if (mode) return t(`modes.${mode}`);
    return typeof value === "object" ? Object.values(value).join(" / ") : String(value);
  };
  return (
    <ul className="mt-1 space-y-0.5 text-muted">
      {[...new Set([...Object.keys(before), ...Object.keys(after)])].map((key) => {
        const values = { name: nameOf(key), before: words(key, before[key]), after: words(key, after[key]) };
        if (!(key in after)) return <li key={key}>{t("log.value", { ...values, after: values.before })}</li>;
        return <li key={key}>{key in before ? t("log.change", values) : t("log.value", values)}</li>;
      })}
    </ul>
  );
}
