"use client";

import { useTranslations } from "next-intl";
import { Money } from "@/components/ui/money";
import type { QueueStats } from "@/lib/queue/schema";
import type { Numbers } from "./room-numbers";
import { useLive } from "./use-live";

const EVERY_MS = 10_000;

/** A concert's numbers in one row of a list; dashes until they are known. */
export function ConcertNumbers({ concertId, currency }: { concertId: string; currency: string }) {
  const t = useTranslations("organizer.list");
  const { data } = useLive<QueueStats & Numbers>(`/admin/concerts/${concertId}/stats`, EVERY_MS);
  const total = data && data.seats.available + data.seats.held + data.seats.sold;
  const numbers = [
    [t("waiting"), data?.waiting.toLocaleString()],
    [t("admitted"), data?.admitted.toLocaleString()],
    [t("sold"), data && t("soldOf", { sold: data.seats.sold, total: total ?? 0 })],
    [t("revenue"), data && <Money key="revenue" amount={data.revenue} currency={currency} />],
  ] as const;
  return (
    <dl
      aria-label={t("numbers")}
      className="grid grid-cols-2 gap-x-6 gap-y-2 max-sm:w-full sm:grid-cols-[3.5rem_3.5rem_8rem_7.5rem]"
    >
      {numbers.map(([label, value]) => (
        <div key={label}>
          <dt className="text-muted text-sm">{label}</dt>
          <dd className="font-semibold tabular-nums">{value ?? "–"}</dd>
        </div>
      ))}
    </dl>
  );
}
