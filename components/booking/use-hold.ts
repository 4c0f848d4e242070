"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { type RefObject, useState } from "react";
import { carryOut, read } from "@/components/api-client";
import { isProblem } from "@/components/api-problem";
import { useProblemText } from "@/components/problem-text";
import { isGateProblem } from "@/components/queue/gate-problem";
import { useRouter } from "@/i18n/navigation";
import type { Reservation } from "@/lib/booking/schema";
import { type Hall, seatAt } from "./hall-layout";
import type { SaleConcert } from "./sale-concert";
import { reservationQuery } from "./sale-queries";
import type { Changing } from "./use-changing";
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
  changing: Changing | null;
  nameOfSeat: (seat: { section: string; row: number; number: number }) => string;
};

/** Holds seats and goes on to checkout; a refusal comes back in the fan's words. */
export function useHold({ concert, performanceId, hall, seats, holding, changing, nameOfSeat }: Props) {
  const alone = useTranslations("booking.alone");
  const t = useTranslations("booking.lost");
  const problemText = useProblemText();
  const router = useRouter();
  const client = useQueryClient();
  const [pending, setPending] = useState(false);

  const path = `/concerts/${concert.id}/reservations`;
  const reserve = (body: object, asked: number) =>
    send(asked, () =>
      carryOut<Reservation>(path, { method: "POST", concertId: concert.id, body: { performanceId, ...body } }),
    );

  async function send(asked: number, work: () => Promise<Reservation>): Promise<Refusal | null> {
    try {
      const held = await work();
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
      if (isProblem(error, "seat_left_alone")) {
        const seats = (error.extra.seats as { section: string; row: number; number: number }[] | undefined) ?? [];
        return { title: alone("title"), text: alone("text", { seats: seats.map(nameOfSeat).join(", ") }), taken: [] };
      }
      if (isProblem(error, "reservation_expired", "reservation_already_paid", "reservation_cancelled"))
        return { title: t("overTitle"), text: t("over"), taken: [] };
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
    /** Holds these seats, or gives them to the reservation that is being changed. */
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
        if (!changing) return await reserve({ seatIds }, indexes.length);
        const own = `${path}/${changing.reservation.id}`;
        return await send(indexes.length, () =>
          read<Reservation>(own, { method: "PATCH", concertId: concert.id, body: { seatIds } }),
        );
      }),
    holdBest: (wish: Wish) => start(() => reserve({ bestAvailable: wish }, wish.count)),
  };
}
