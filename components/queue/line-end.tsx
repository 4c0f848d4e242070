"use client";

import { useTranslations } from "next-intl";
import { Button, LinkButton } from "@/components/ui/button";
import type { QueueView } from "@/lib/queue/schema";
import type { RoomConcert } from "./room-concert";
import type { Line } from "./use-line";

/** The stay in line is over: why, and what can be done. */
export function LineEnd({ line, view, concert }: { line: Line; view: QueueView; concert: RoomConcert }) {
  const t = useTranslations("queue");
  const end = view.status === "completed" || view.status === "left" ? view.status : "expired";
  const soldOut = view.seatsLeft <= 0;
  return (
    <section className="pt-10">
      <h1 className="text-title">{t(`end.${end}.title`)}</h1>
      <p className="mt-4 max-w-lg text-lg text-muted">{t(`end.${end}.text`)}</p>
      {soldOut && end !== "completed" && <p className="mt-3 font-semibold">{t("soldOut.title")}</p>}
      <div className="mt-8 flex flex-wrap gap-2">
        {end === "completed" && (
          <LinkButton href="/tickets" variant="primary">
            {t("end.tickets")}
          </LinkButton>
        )}
        {!soldOut && (
          <Button variant={end === "completed" ? "outline" : "primary"} onClick={line.rejoin}>
            {t("end.again")}
          </Button>
        )}
        <LinkButton href={`/concerts/${concert.slug}`} variant="outline">
          {t("toConcert")}
        </LinkButton>
      </div>
    </section>
  );
}
