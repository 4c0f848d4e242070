"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { type RefObject, useState } from "react";
import { carryOut } from "@/components/api-client";
import { isProblem } from "@/components/api-problem";
import { useProblemText } from "@/components/problem-text";
import { isGateProblem } from "@/components/queue/gate-problem";
import { useRouter } from "@/i18n/navigation";
import type { Reservation } from "@/lib/booking/schema";
import { type Hall, seatAt } from "./hall-layout";
import type { SaleConcert } from "./sale-concert";
import { reservationQuery } from "./sale-queries";
import type { useSeats } from "./use-seats";

export type Wish = { count: number; tier?: string };
type Refusal = { title: string; text: string; taken: number[] };

type Props = {
  concert: SaleConcert;
  performanceId: string;
  hall: Hall;
  seats: ReturnType<typeof useSeats>;
  /** While true, seats that turn up as taken may be our own. */
  holding: RefObject<boolean>;
};

/** Holds seats and goes on to checkout; a refusal comes back in the fan's words. */
export function useHold({ concert, performanceId, hall, seats, holding }: Props) {
  const t = useTranslations("booking.lost");
  const problemText = useProblemText();
  const router = useRouter();
  const client = useQueryClient();
  const [pending, setPending] = useState(false);

  async function reserve(body: object, asked: number): Promise<Refusal | null> {
    try {
      const held = await carryOut<Reservation>(`/concerts/${concert.id}/reservations`, {
        method: "POST",
        concertId: concert.id,
        body: { performanceId, ...body },
      });
      client.setQueryData(reservationQuery(concert.id, held.id).queryKey, held);
      void client.invalidateQueries({ queryKey: ["reservations"] });
      router.push(`/concerts/${concert.slug}/checkout?reservation=${held.id}`);
      return null;
    } catch (error) {
      setPending(false);
      holding.current = false;
      const limit = concert.maxSeatsPerFan;
      if (isProblem(error, "seat_unavailable")) {
        const ids = (error.extra.seatIds as string[] | undefined) ?? [];
        const taken = ids.map((id) => seats.store.indexOf(id)).filter((index) => index !== undefined);
        seats.markTaken(taken);
        return { title: t("refusedTitle"), text: t("noneTogether", { count: asked }), taken };
      }
      if (isProblem(error, "seat_limit_exceeded"))
        return { title: t("limitTitle"), text: t("limit", { limit }), taken: [] };
      if (isProblem(error, "not_on_sale")) return { title: t("notOnSaleTitle"), text: t("notOnSale"), taken: [] };
      // The next look at the hall meets the same refusal, and the page shows it whole.
      if (isGateProblem(error)) void seats.refetch();
      return { title: "", text: problemText(error), taken: [] };
    }
  }

  async function start(work: () => Promise<Refusal | null>): Promise<Refusal | null> {
    if (pending) return null;
    setPending(true);
    holding.current = true;
    return await work();
  }

  return {
    pending,
    hold: (indexes: number[]) =>
      start(async () => {
        const sections = new Set(indexes.map((index) => seatAt(hall, index)?.block.name ?? ""));
        try {
          await Promise.all([...sections].map((name) => seats.learn(name)));
        } catch (error) {
          setPending(false);
          holding.current = false;
          return { title: "", text: problemText(error), taken: [] };
        }
        const seatIds = indexes.map((index) => seats.store.idOf(index)).filter((id) => id !== undefined);
        return await reserve({ seatIds }, indexes.length);
      }),
    holdBest: (wish: Wish) => start(() => reserve({ bestAvailable: wish }, wish.count)),
  };
}
