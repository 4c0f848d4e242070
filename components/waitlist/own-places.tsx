"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useEffect } from "react";
import { read } from "@/components/api-client";
import { Card } from "@/components/ui/card";
import { DateTime } from "@/components/ui/date-time";
import { Skeleton } from "@/components/ui/skeleton";
import type { WaitlistEntry } from "@/lib/waitlist/schema";
import { WaitlistPlace } from "./waitlist-place";
import { waitlistQuery } from "./waitlist-query";

type Concert = {
  slug: string;
  title: string;
  venue: { name: string; timeZone: string };
  performances: { id: string; startsAt: string }[];
};

/**
 * Where the fan waits, above the reservations; nothing where nowhere. An offer is among the reservations, which are read
 * anew when one comes.
 */
export function OwnPlaces() {
  const t = useTranslations("waitlist");
  const { data } = useQuery(waitlistQuery());
  const queries = useQueryClient();
  const waiting = data?.items.filter(({ status }) => status === "waiting") ?? [];
  const offers = data?.items.filter(({ status }) => status === "offered").map(({ reservationId }) => reservationId);
  const offered = offers?.join();
  useEffect(() => {
    if (offered) void queries.invalidateQueries({ queryKey: ["reservations"] });
  }, [offered, queries]);
  if (waiting.length === 0) return null;
  return (
    <section aria-labelledby="waitlist" className="mb-10">
      <h2 id="waitlist" className="mb-4 text-heading">
        {t("title")}
      </h2>
      <ul className="space-y-4">
        {waiting.map((entry) => (
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
    <Card>
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
