"use client";

import { useSearchParams } from "next/navigation";
import { useLocale, useTranslations } from "next-intl";
import { useCallback, useMemo, useRef, useState } from "react";
import { OfflineNotice } from "@/components/offline-notice";
import { ProblemPage } from "@/components/problem-text";
import { GateProblem, isGateProblem } from "@/components/queue/gate-problem";
import { ShoppingTime } from "@/components/queue/shopping-time";
import { Button, LinkButton } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { formatDate } from "@/components/ui/format-date";
import { Notice } from "@/components/ui/notice";
import { Spinner } from "@/components/ui/spinner";
import { Link } from "@/i18n/navigation";
import { BestAvailable } from "./best-available";
import { type Hall, layoutHall, seatAt } from "./hall-layout";
import { HeldNotice } from "./held-notice";
import type { SaleConcert } from "./sale-concert";
import { SeatList } from "./seat-list";
import { SeatMap, type SeatMapHandle } from "./seat-map";
import { SEAT } from "./seat-store";
import { SeatsPanel } from "./seats-panel";
import { TierLegend } from "./tier-legend";
import { useHold } from "./use-hold";
import { useSeats } from "./use-seats";

/** The seats of the performance that the address names. */
export function Seats({ concert }: { concert: SaleConcert }) {
  const t = useTranslations("booking.seats");
  const wanted = useSearchParams().get("performance");
  const performance = concert.performances.find(({ id }) => id === wanted);
  const hall = useMemo(() => layoutHall(concert.sections, concert.seatMap ?? undefined), [concert]);
  if (!performance) {
    return (
      <div className="page-narrow py-16">
        <EmptyState
          title={t("noPerformanceTitle")}
          action={<LinkButton href={`/concerts/${concert.slug}/dates`}>{t("toDates")}</LinkButton>}
        >
          {t("noPerformance")}
        </EmptyState>
      </div>
    );
  }
  return <Choose key={performance.id} concert={concert} performance={performance} hall={hall} />;
}

type ChooseProps = { concert: SaleConcert; performance: { id: string; startsAt: string }; hall: Hall };

function Choose({ concert, performance, hall }: ChooseProps) {
  const t = useTranslations("booking");
  const locale = useLocale();
  const map = useRef<SeatMapHandle>(null);
  const [asList, setAsList] = useState(false);
  const [onlyTier, setOnlyTier] = useState<string | null>(null);
  const [selected, setSelected] = useState<ReadonlySet<number>>(new Set());
  const [notice, setNotice] = useState<{ title?: string; text: string } | null>(null);
  const tierOrdinal = useMemo(() => new Map(concert.tiers.map(({ name }, at) => [name, at])), [concert]);
  const prices = useMemo(() => new Map(concert.tiers.map(({ name, price }) => [name, price])), [concert]);

  const describe = useCallback(
    (index: number) => {
      const seat = seatAt(hall, index);
      if (!seat) return "";
      const { block, row, number } = seat;
      return block.rows === 1
        ? t("seats.seatOneRow", { section: block.name, number })
        : t("seats.seat", { section: block.name, row, number });
    },
    [hall, t],
  );

  const drop = useCallback(
    (indexes: readonly number[], words: "lost.picked" | "lost.refused") => {
      const gone = indexes.filter((index) => selected.has(index));
      if (gone.length === 0) return;
      setSelected(new Set([...selected].filter((index) => !gone.includes(index))));
      setNotice({ title: t("lost.refusedTitle"), text: t(words, { seats: gone.map(describe).join(", ") }) });
    },
    [selected, describe, t],
  );

  const seats = useSeats({ concertId: concert.id, performanceId: performance.id, hall }, (lost) => {
    if (!holding.current) drop(lost, "lost.picked");
  });
  const { store, version } = seats;
  const holding = useRef(false);
  const { hold, holdBest, pending } = useHold({ concert, performanceId: performance.id, hall, seats, holding });

  const pick = useCallback(
    (index: number) => {
      setNotice(null);
      if (selected.has(index)) {
        setSelected(new Set([...selected].filter((one) => one !== index)));
        return;
      }
      if (store.stateOf(index) !== SEAT.available) return;
      if (selected.size >= concert.maxSeatsPerFan) {
        setNotice({ text: t("panel.limit", { limit: concert.maxSeatsPerFan }) });
        return;
      }
      setSelected(new Set([...selected, index]));
    },
    [selected, store, concert.maxSeatsPerFan, t],
  );

  const refused = (problem: { title: string; text: string; taken: number[] } | null) => {
    if (!problem) return;
    if (problem.taken.length > 0) drop(problem.taken, "lost.refused");
    else setNotice(problem);
  };

  if (isGateProblem(seats.error)) return <GateProblem error={seats.error} slug={concert.slug} />;
  if (version === 0 && seats.error) {
    const here = `/concerts/${concert.slug}/seats?performance=${performance.id}`;
    return (
      <div className="page-narrow">
        <ProblemPage error={seats.error} onRetry={() => void seats.refetch()} here={here} />
      </div>
    );
  }
  const panel = (
    <SeatsPanel
      concert={concert}
      selected={[...selected]}
      nameOf={describe}
      priceOf={(index) => prices.get(seatAt(hall, index)?.block.tier ?? "") ?? 0}
      onRemove={pick}
      onClear={() => setSelected(new Set())}
      onHold={async () => refused(await hold([...selected]))}
      pending={pending}
    />
  );
  return (
    <div className="page-width pt-5 pb-24 sm:pt-8">
      <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-1">
        <p className="text-muted text-sm">
          <b className="text-ink">{concert.title}</b>
          <span aria-hidden="true"> · </span>
          {formatDate(performance.startsAt, { locale, timeZone: concert.venue.timeZone, style: "short" })}
          {concert.performances.length > 1 && (
            <Link
              href={`/concerts/${concert.slug}/dates`}
              className="ml-3 inline-flex min-h-11 items-center font-semibold text-accent-ink underline underline-offset-4"
            >
              {t("seats.otherDate")}
            </Link>
          )}
        </p>
        <ShoppingTime concertId={concert.id} />
      </div>
      <div className="mt-2 flex flex-wrap items-center justify-between gap-3">
        <h1 className="text-title">{t("seats.title")}</h1>
        <Button variant="outline" size="sm" onClick={() => setAsList(!asList)}>
          {asList ? t("seats.asMap") : t("seats.asList")}
        </Button>
      </div>
      <OfflineNotice className="mt-4" />
      <HeldNotice concertId={concert.id} slug={concert.slug} className="mt-4" />
      {seats.error != null && (
        <Notice tone="warn" className="mt-4">
          {t("seats.stale")}
        </Notice>
      )}
      <div role="alert" className="mt-4 empty:hidden">
        {notice && (
          <Notice tone="warn" title={notice.title} live={false}>
            {notice.text}
          </Notice>
        )}
      </div>
      <div className="mt-5 grid grid-cols-[minmax(0,1fr)] gap-6 lg:grid-cols-[minmax(0,1fr)_22rem]">
        <div className="min-w-0 space-y-4">
          <TierLegend concert={concert} store={store} version={version} only={onlyTier} onOnly={setOnlyTier} />
          {asList ? (
            <SeatList
              concert={concert}
              hall={hall}
              store={store}
              version={version}
              onlyTier={onlyTier}
              selected={selected}
              onPick={pick}
            />
          ) : (
            <div className="h-[min(62dvh,40rem)] overflow-hidden rounded-card border border-line bg-surface sm:h-[min(68dvh,44rem)]">
              {version === 0 ? (
                <div role="status" className="flex h-full items-center justify-center gap-3 text-muted">
                  <Spinner /> {t("seats.loading")}
                </div>
              ) : (
                <SeatMap
                  hall={hall}
                  store={store}
                  version={version}
                  tierOrdinal={tierOrdinal}
                  onlyTier={onlyTier}
                  selected={selected}
                  onPick={pick}
                  onNear={(name) => void seats.learn(name).catch(() => {})}
                  describe={describe}
                  handle={map}
                />
              )}
            </div>
          )}
        </div>
        <div className="space-y-5">
          <div className="max-lg:fixed max-lg:inset-x-0 max-lg:bottom-0 max-lg:z-20">{panel}</div>
          <BestAvailable concert={concert} pending={pending} onHold={async (wish) => refused(await holdBest(wish))} />
          {/* Room for the sheet that lies over the page's end on a phone. */}
          <div aria-hidden="true" className="h-36 lg:hidden" />
        </div>
      </div>
    </div>
  );
}
