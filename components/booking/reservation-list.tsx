"use client";

import { useTranslations } from "next-intl";
import { LoadingRows } from "@/components/loading-rows";
import { MoreButton } from "@/components/more-button";
import { ProblemPage } from "@/components/problem-text";
import { LinkButton } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { PageHeading } from "@/components/ui/page-heading";
import { useList } from "@/components/use-list";
import { OwnPlaces } from "@/components/waitlist/own-places";
import type { Reservation } from "@/lib/booking/schema";
import { ReservationCard } from "./reservation-card";

/** The fan's reservations of all concerts, newest first. */
export function ReservationList() {
  const t = useTranslations("payment.list");
  const common = useTranslations("common");
  const list = useList<Reservation>(["reservations"], "/reservations");
  if (list.isError && !list.items) {
    return (
      <div className="page-narrow">
        <ProblemPage error={list.error} onRetry={() => list.refetch()} here="/reservations" />
      </div>
    );
  }
  return (
    <div className="page-narrow pb-20">
      <PageHeading title={t("title")} />
      <OwnPlaces />
      {!list.items && <LoadingRows className="h-56" />}
      {list.items?.length === 0 && (
        <EmptyState
          title={t("emptyTitle")}
          action={
            <LinkButton href="/" variant="primary">
              {common("toConcerts")}
            </LinkButton>
          }
        >
          {t("empty")}
        </EmptyState>
      )}
      <ul className="space-y-4">
        {list.items?.map((reservation) => (
          <li key={reservation.id}>
            <ReservationCard reservation={reservation} />
          </li>
        ))}
      </ul>
      <MoreButton list={list} />
    </div>
  );
}
