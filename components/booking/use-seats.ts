"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useMemo, useRef, useState } from "react";
import { call, read } from "@/components/api-client";
import { isProblem } from "@/components/api-problem";
import type { Hall } from "./hall-layout";
import { SeatStore } from "./seat-store";

type States = { version: string; layout: string; sections: { name: string; states: string }[] };
type SectionLayout = { version: string; items: { id: string; row: number; number: number }[] };

/** Availability is asked for this often while the page is seen; unchanged halls cost a 304. */
const LOOK_MS = 2_000;

/**
 * The hall's availability, kept fresh, and the ids of sections that the fan looks at. `onTaken` hears of seats that were
 * available at the last look and no longer are.
 */
export function useSeats(
  {
    concertId,
    performanceId,
    hall,
    own,
  }: { concertId: string; performanceId: string; hall: Hall; own?: ReadonlyMap<number, string> | undefined },
  onTaken: (indexes: number[]) => void,
) {
  const store = useMemo(() => new SeatStore(hall, own), [hall, own]);
  const [version, setVersion] = useState(0);
  const etag = useRef<string | undefined>(undefined);
  const layout = useRef<string | undefined>(undefined);
  const taken = useRef(onTaken);
  taken.current = onTaken;
  const client = useQueryClient();
  const path = `/concerts/${concertId}/performances/${performanceId}`;

  const { error, isPending, refetch } = useQuery({
    queryKey: ["seat-states", concertId, performanceId],
    queryFn: async ({ signal }) => {
      const known = store.version > 0 ? etag.current : undefined;
      const since = known ? `?since=${encodeURIComponent(known.replaceAll(/W\/|"/g, ""))}` : "";
      const answer = await call<States | null>(`${path}/seat-states${since}`, { concertId, signal, etag: known });
      if (answer.body) {
        const lost = store.takeStates(answer.body.sections);
        etag.current = answer.etag;
        layout.current = answer.body.layout;
        setVersion(store.version);
        if (lost.length > 0) taken.current(lost);
      }
      return store.version;
    },
    refetchInterval: LOOK_MS,
    staleTime: 0,
    gcTime: 0,
  });

  /** Learns the ids of a section's seats, once; the browser's own cache knows them the next time. */
  const learn = useCallback(
    async (section: string) => {
      const ask = (version: string) =>
        client.fetchQuery({
          queryKey: ["seat-layout", concertId, performanceId, version, section],
          queryFn: ({ signal }) =>
            read<SectionLayout>(`${path}/seat-layout?${new URLSearchParams({ section, version })}`, {
              shared: true,
              signal,
            }),
          staleTime: Number.POSITIVE_INFINITY,
        });
      const layoutAfter = async (old: string | undefined) => {
        if (layout.current === old) await refetch({ throwOnError: true });
        return layout.current ?? "";
      };
      const version = layout.current ?? (await layoutAfter(undefined));
      const { items } = await ask(version).catch(async (error: unknown) => {
        // The organiser changed the hall since the last look at it.
        if (isProblem(error, "not_found")) return await ask(await layoutAfter(version));
        throw error;
      });
      store.takeIds(section, items);
    },
    [client, concertId, path, performanceId, refetch, store],
  );

  const markTaken = useCallback(
    (indexes: readonly number[]) => {
      store.markTaken(indexes);
      setVersion(store.version);
      etag.current = undefined;
      void refetch();
    },
    [refetch, store],
  );

  return { store, version, error, isLoading: isPending, refetch, learn, markTaken };
}
