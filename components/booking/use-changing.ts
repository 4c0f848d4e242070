"use client";

import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { Reservation } from "@/lib/booking/schema";
import { type Hall, seatIndex } from "./hall-layout";
import { reservationQuery } from "./sale-queries";

/** A held reservation whose seats are being changed: the id of each by its place in the hall. */
export type Changing = { reservation: Reservation; own: ReadonlyMap<number, string> };

/**
 * The reservation that the address asks to change: null if it asks for none, or for one that is not held for this
 * performance; undefined while it is read.
 */
export function useChanging(
  { concertId, performanceId, hall }: { concertId: string; performanceId: string; hall: Hall },
  reservationId: string | null,
): Changing | null | undefined {
  const { data, isPending } = useQuery({
    ...reservationQuery(concertId, encodeURIComponent(reservationId ?? "")),
    enabled: reservationId !== null,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return useMemo(() => {
    if (reservationId === null) return null;
    if (!data) return isPending ? undefined : null;
    if (data.status !== "held" || data.offered || data.performanceId !== performanceId) return null;
    const own = new Map<number, string>();
    for (const { id, section, row, number } of data.seats) {
      const block = hall.blocks.find(({ name }) => name === section);
      if (block) own.set(seatIndex(block, row, number), id);
    }
    return { reservation: data, own };
  }, [data, hall, isPending, performanceId, reservationId]);
}
