"use client";

import { useSearchParams } from "next/navigation";
import { useLocale, useTranslations } from "next-intl";
import { useCallback, useMemo, useRef, useState } from "react";
import { OfflineNotice } from "@/components/offline-notice";
import { ProblemPage } from "@/components/problem-text";
import { GateProblem, isGateProblem } from "@/components/queue/gate-problem";
import { LinkButton } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { Notice } from "@/components/ui/notice";
import { Spinner } from "@/components/ui/spinner";
import { formatMoney } from "@/lib/core/money";
import { BestAvailable } from "./best-available";
import { type Hall, layoutHall, seatAt } from "./hall-layout";
import { HeldNotice } from "./held-notice";
import { loneSeats } from "./lone-seats";
import type { SaleConcert } from "./sale-concert";
import { SeatList } from "./seat-list";
import { SeatMap } from "./seat-map";
import { SEAT } from "./seat-store";
import { SeatsHeading } from "./seats-heading";
import { SeatsPanel } from "./seats-panel";
import { TierLegend } from "./tier-legend";
import { type Changing, useChanging } from "./use-changing";
import { useHold } from "./use-hold";
import { useSeats } from "./use-seats";

/** The seats of the performance that the address names. */
export function Seats({ concert }: { concert: SaleConcert }) {
  const t = useTranslations("booking.seats");
  const query = useSearchParams();
  const wanted = query.get("performance");
  const performance = concert.performances.find(({ id }) => id === wanted);
  const hall = useMemo(() => layoutHall(concert.sections, concert.seatMap ?? undefined), [concert]);
  const named = { concertId: concert.id, performanceId: performance?.id ?? "", hall };
  const changing = useChanging(named, query.get("reservation"));
  if (changing === undefined) {
    return (
      <div role="status" className="flex items-center justify-center gap-3 py-24 text-muted">
        <Spinner /> {t("loading")}
      </div>
    );
  }
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
  return <Choose key={performance.id} concert={concert} performance={performance} hall={hall} changing={changing} />;
}

type ChooseProps = {
  concert: SaleConcert;
  performance: { id: string; startsAt: string };
  hall: Hall;
  /** The held reservation that the choice starts with and ends in. */
  changing: Changing | null;
};

function Choose({ concert, performance, hall, changing }: ChooseProps) {
  const t = useTranslations("booking");
  const locale = useLocale();
  const [asList, setAsList] = useState(false);
  const [onlyTier, setOnlyTier] = useState<string | null>(null);
  const [selected, setSelected] = useState<ReadonlySet<number>>(new Set(changing?.own.keys()));
  const [notice, setNotice] = useState<{ title?: string; text: string } | null>(null);
  const tierOrdinal = useMemo(() => new Map(concert.tiers.map(({ name }, at) => [name, at])), [concert]);
  const prices = useMemo(() => new Map(concert.tiers.map(({ name, price }) => [name, price])), [concert]);

  const nameOfSeat = useCallback(
    ({ section, row, number }: { section: string; row: number; number: number }) =>
      hall.blocks.find(({ name }) => name === section)?.rows === 1
        ? t("seats.seatOneRow", { section, number })
        : t("seats.seat", { section, row, number }),
    [hall, t],
  );
  const nameOf = useCallback(
    (index: number) => {
      const seat = seatAt(hall, index);
      return seat ? nameOfSeat({ section: seat.block.name, row: seat.row, number: seat.number }) : "";
    },
    [hall, nameOfSeat],
  );

  const priceOf = (index: number) => prices.get(seatAt(hall, index)?.block.tier ?? "") ?? 0;
  const tierAndPrice = (index: number) =>
    `${seatAt(hall, index)?.block.tier ?? ""} ${formatMoney(priceOf(index), concert.currency, locale)}`;

  const drop = useCallback(
    (indexes: readonly number[], words: "lost.picked" | "lost.refused") => {
      const gone = indexes.filter((index) => selected.has(index));
      if (gone.length === 0) return;
      setSelected(new Set([...selected].filter((index) => !gone.includes(index))));
      setNotice({ title: t("lost.refusedTitle"), text: t(words, { seats: gone.map(nameOf).join(", ") }) });
    },
    [selected, nameOf, t],
  );

  const seats = useSeats({ concertId: concert.id, performanceId: performance.id, hall, own: changing?.own }, (lost) => {
    if (!holding.current) drop(lost, "lost.picked");
  });
  const { store, version } = seats;
  const holding = useRef(false);
  const { hold, holdBest, pending } = useHold({
    concert,
    performanceId: performance.id,
    hall,
    seats,
    holding,
    changing,
    nameOfSeat,
  });
  const alone = version > 0 && concert.orphanSeatRule ? loneSeats(hall, store, selected) : [];

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
  return (
    <div className="flex h-[calc(100dvh-4.0625rem)] min-h-[35rem] flex-col lg:grid lg:min-h-[38rem] lg:grid-cols-[minmax(0,1fr)_24rem]">
      <div className="flex min-h-0 min-w-0 flex-1 flex-col">
        <div className="px-5 pt-3 pb-2 lg:px-8 lg:pt-5">
          <SeatsHeading
            concert={concert}
            startsAt={performance.startsAt}
            isChange={changing !== null}
            asList={asList}
            onAsList={setAsList}
          />
          <div className="mt-1">
            <TierLegend concert={concert} store={store} version={version} only={onlyTier} onOnly={setOnlyTier} />
          </div>
          <OfflineNotice className="mt-2" />
          <HeldNotice concertId={concert.id} slug={concert.slug} className="mt-2" />
          {seats.error != null && (
            <Notice tone="warn" className="mt-2">
              {t("seats.stale")}
            </Notice>
          )}
          <div role="alert" className="mt-2 empty:hidden">
            {notice && (
              <Notice tone="warn" title={notice.title} live={false}>
                {notice.text}
              </Notice>
            )}
          </div>
          <div role="status" className="mt-2 empty:hidden">
            {alone.length > 0 && !notice && (
              <Notice tone="warn" title={t("alone.title")}>
                {t("alone.text", { seats: alone.map(nameOf).join(", ") })}
              </Notice>
            )}
          </div>
        </div>
        {asList ? (
          <div className="min-h-0 flex-1 overflow-y-auto border-line border-t p-5 lg:px-8">
            <SeatList
              concert={concert}
              hall={hall}
              store={store}
              version={version}
              onlyTier={onlyTier}
              selected={selected}
              onPick={pick}
            />
          </div>
        ) : (
          <div className="min-h-0 flex-1 overflow-hidden border-line border-t bg-surface">
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
                describe={(index) => `${nameOf(index)} · ${tierAndPrice(index)}`}
              />
            )}
          </div>
        )}
      </div>
      <aside
        aria-label={t("panel.title")}
        className="relative z-10 overflow-y-auto border-line bg-surface max-lg:max-h-[55dvh] max-lg:border-t max-lg:shadow-[0_-8px_30px_rgb(0_0_0/0.1)] lg:border-l"
      >
        <SeatsPanel
          concert={concert}
          selected={[...selected]}
          nameOf={nameOf}
          priceOf={priceOf}
          onRemove={pick}
          onClear={() => setSelected(new Set())}
          onHold={async () => refused(await hold([...selected]))}
          pending={pending}
          isChange={changing !== null}
        >
          <BestAvailable
            concert={concert}
            tier={onlyTier}
            onTier={setOnlyTier}
            pending={pending}
            onHold={async (wish) => refused(await holdBest(wish))}
          />
        </SeatsPanel>
      </aside>
    </div>
  );
}
