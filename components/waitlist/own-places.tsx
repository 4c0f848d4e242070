"use client";

import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { read } from "@/components/api-client";
import { Card } from "@/components/ui/card";
import { DateTime } from "@/components/ui/date-time";
import { Skeleton } from "@/components/ui/skeleton";
import type { WaitlistEntry } from "@/lib/waitlist/schema";
import { WaitlistPlace } from "./waitlist-place";
import { isLive, waitlistQuery } from "./waitlist-query";

type Concert = {
  slug: string;
  title: string;
  venue: { name: string; timeZone: string };
  performances: { id: string; startsAt: string }[];
};

/** The fan's live places on waitlists, above the reservations; nothing where there are none. */
export function OwnPlaces() {
  const t = useTranslations("waitlist");
  const { data } = useQuery(waitlistQuery());
  const live = data?.items.filter(isLive) ?? [];
  if (live.length === 0) return null;
  return (
    <section aria-labelledby="waitlist" className="mb-10">
      <h2 id="waitlist" className="mb-4 text-heading">
        {t("title")}
      </h2>
      <ul className="space-y-4">
        {live.map((entry) => (
          <li key={entry.id}>
            <OwnPlace entry={entry} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function OwnPlace({ entry }: { entry: WaitlistEntry }) {
  const concert = useQuery({
    queryKey: ["concert", entry.concertId],
    queryFn: ({ signal }) => read<Concert>(`/concerts/${entry.concertId}`, { signal }),
    staleTime: 60_000,
  }).data;
  const startsAt = concert?.performances.find(({ id }) => id === entry.performanceId)?.startsAt;
  return (
    <Card className={entry.status === "offered" ? "border-warn" : ""}>
      <h3 className="font-bold text-lg">{concert ? concert.title : <Skeleton className="h-7 w-56" />}</h3>
      {concert && startsAt && (
        <p className="mt-0.5 mb-4 text-muted">
          <DateTime at={startsAt} timeZone={concert.venue.timeZone} /> · {concert.venue.name}
        </p>
      )}
      <WaitlistPlace entry={entry} slug={concert?.slug ?? entry.concertId} />
    </Card>
  );
}
