"use client";

import { queryOptions } from "@tanstack/react-query";
import { read } from "@/components/api-client";
import type { Wire } from "@/components/wire";
import type { Reservation } from "@/lib/booking/schema";
import type { PerformanceSummary } from "@/lib/catalog/queries";

type Page<T> = { items: T[]; nextCursor: string | null };

/** Dates still to come with their seats; asking claims the fan's turn. */
export const performancesQuery = (concertId: string) =>
  queryOptions({
    queryKey: ["performances", concertId],
    queryFn: ({ signal }) =>
      read<{ items: Wire<PerformanceSummary>[] }>(`/concerts/${concertId}/performances`, { concertId, signal }),
    refetchInterval: 5_000,
  });

export const reservationQuery = (concertId: string, reservationId: string) =>
  queryOptions({
    queryKey: ["reservation", concertId, reservationId],
    queryFn: ({ signal }) => read<Reservation>(`/concerts/${concertId}/reservations/${reservationId}`, { signal }),
  });

/** The fan's newest reservations, to find one that is still held. */
export const latestReservationsQuery = () =>
  queryOptions({
    queryKey: ["reservations", "latest"],
    queryFn: ({ signal }) => read<Page<Reservation>>("/reservations?limit=20", { signal }),
  });
