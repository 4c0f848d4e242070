"use client";

import { CalendarDays, List, Map as MapIcon } from "lucide-react";
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
import { formatMoney } from "@/lib/core/money";
import { BestAvailable } from "./best-available";
import { type Hall, layoutHall, seatAt } from "./hall-layout";
import { HeldNotice } from "./held-notice";
import type { SaleConcert } from "./sale-concert";
import { SeatList } from "./seat-list";
import { SeatMap } from "./seat-map";
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
  const [asList, setAsList] = useState(false);
  const [onlyTier, setOnlyTier] = useState<string | null>(null);
  const [selected, setSelected] = useState<ReadonlySet<number>>(new Set());
  const [notice, setNotice] = useState<{ title?: string; text: string } | null>(null);
  const tierOrdinal = useMemo(() => new Map(concert.tiers.map(({ name }, at) => [name, at])), [concert]);
  const prices = useMemo(() => new Map(concert.tiers.map(({ name, price }) => [name, price])), [concert]);

  const nameOf = useCallback(
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
  const isOtherDate = concert.performances.length > 1;
  return (
    <div className="flex h-[calc(100dvh-4.0625rem)] min-h-[35rem] flex-col lg:grid lg:min-h-[38rem] lg:grid-cols-[minmax(0,1fr)_24rem]">
      <div className="flex min-h-0 min-w-0 flex-1 flex-col">
        <div className="px-5 pt-3 pb-2 lg:px-8 lg:pt-5">
          <div className="flex items-center justify-between gap-4">
            <p className="min-w-0 truncate text-muted text-sm">
              <b className="text-ink">{concert.title}</b>
              <span aria-hidden="true"> · </span>
              {formatDate(performance.startsAt, { locale, timeZone: concert.venue.timeZone, style: "short" })}
            </p>
            <span className="shrink-0">
              <ShoppingTime concertId={concert.id} />
            </span>
          </div>
          <div className="flex items-center justify-between gap-3">
            <h1 className="min-w-0 text-heading">{t("seats.title")}</h1>
            <div className="-mr-3 flex shrink-0 items-center lg:mr-0 lg:gap-2">
              <Button variant="ghost" size="sm" className="px-3" onClick={() => setAsList(!asList)}>
                {asList ? (
                  <MapIcon aria-hidden="true" className="size-4" />
                ) : (
                  <List aria-hidden="true" className="size-4" />
                )}
                {asList ? t("seats.asMap") : t("seats.asList")}
              </Button>
              {isOtherDate && (
                <LinkButton variant="ghost" size="sm" className="px-3" href={`/concerts/${concert.slug}/dates`}>
                  <CalendarDays aria-hidden="true" className="size-4" />
                  <span className="max-sm:sr-only">{t("seats.otherDate")}</span>
                </LinkButton>
              )}
            </div>
          </div>
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
