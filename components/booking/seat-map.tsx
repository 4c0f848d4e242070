"use client";

import { Minus, Plus, Scan } from "lucide-react";
import { useTranslations } from "next-intl";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { type Block, type Hall, hit, type Point, rowPitchOf } from "./hall-layout";
import { mapColors } from "./map-colors";
import { listenToMap } from "./map-gestures";
import { between, fitView, keepInSight, type MapView, pan, type Size, toHall, zoomAt } from "./map-view";
import { PICK_FROM, paintMap, SEATS_FROM } from "./paint-map";
import { SEAT, type SeatStore } from "./seat-store";
import { useIsDark } from "./use-is-dark";

type SeatMapProps = {
  hall: Hall;
  store: SeatStore;
  /** The store's version, so that a change is drawn. */
  version: number;
  tierOrdinal: ReadonlyMap<string, number>;
  onlyTier: string | null;
  selected: ReadonlySet<number>;
  onPick: (index: number) => void;
  /** A section has come so near that its seats can be picked. */
  onNear: (sectionName: string) => void;
  /** What stands beside the mouse over a seat. */
  describe: (index: number) => string;
};

/** A map narrower than this keeps its lower edge free for the buttons, which would cover seats. */
const NARROW = 640;
const KNOBS_HEIGHT = 60;
/** Seats are at most this many pixels apart. */
const NEAREST = 46;
const GLIDE_MS = 320;
/** Where else to look for what was meant, in pixels. */
const NEARBY = [
  [0, 0],
  [5, 0],
  [-5, 0],
  [0, 5],
  [0, -5],
] as const;

/**
 * The hall on a canvas: pan and zoom by finger, wheel and buttons; a tap on a section goes there, a tap on a seat picks
 * it. Painted once per frame at most and only when something changed.
 */
export function SeatMap(props: SeatMapProps) {
  const { hall, store, version, tierOrdinal, onlyTier, selected } = props;
  const t = useTranslations("booking.map");
  const dark = useIsDark();
  const canvas = useRef<HTMLCanvasElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const size = useRef<Size>({ width: 0, height: 0 });
  const view = useRef<MapView | null>(null);
  const hovered = useRef<number | null>(null);
  const pending = useRef(0);
  const gliding = useRef(0);
  const [tip, setTip] = useState<{ text: string; at: Point } | null>(null);
  const [near, setNear] = useState(false);
  /** The section in the middle, once seats can be told apart there. */
  const [amid, setAmid] = useState<Block | null>(null);

  const whole = useCallback((): MapView => {
    const { width, height } = size.current;
    const kept = width < NARROW ? KNOBS_HEIGHT : 0;
    const view = fitView(hall.bounds, { width, height: height - kept }, 14, NEAREST);
    return { ...view, y: view.y + kept / 2 / view.scale };
  }, [hall]);

  const latest = useRef(props);
  latest.current = props;

  const paint = useMemo(() => {
    const colors = mapColors(dark);
    return () => {
      pending.current = 0;
      const context = canvas.current?.getContext("2d");
      if (!context || !view.current || size.current.width === 0) return;
      const now = latest.current;
      const from = performance.now();
      const painted = paintMap(context, {
        hall,
        store,
        view: view.current,
        size: size.current,
        density: Math.min(2, window.devicePixelRatio || 1),
        colors,
        tierOrdinal,
        onlyTier: now.onlyTier,
        selected: now.selected,
        hovered: hovered.current,
        stageText: t("stage"),
        fontFamily: '"Pretendard Variable", Pretendard, sans-serif',
      });
      performance.measure("frontrow:map", { start: from, detail: { painted } });
    };
  }, [dark, hall, store, tierOrdinal, t]);

  const draw = useCallback(() => {
    if (pending.current === 0) pending.current = requestAnimationFrame(paint);
  }, [paint]);

  const look = useCallback(
    (next: MapView) => {
      view.current = keepInSight(next, hall.bounds);
      const { x, y, scale } = view.current;
      setNear(scale > whole().scale * 1.15);
      const block = hit(hall, { x, y })?.block;
      setAmid((before) => {
        if (scale < SEATS_FROM * 2 || hall.blocks.length === 1) return null;
        return block ?? before;
      });
      draw();
    },
    [draw, hall, whole],
  );

  const glide = useCallback(
    (to: MapView) => {
      cancelAnimationFrame(gliding.current);
      const from = view.current;
      if (!from || matchMedia("(prefers-reduced-motion: reduce)").matches) {
        look(to);
        return;
      }
      const started = performance.now();
      const step = (now: number) => {
        const share = Math.min(1, (now - started) / GLIDE_MS);
        look(between(from, to, share));
        if (share < 1) gliding.current = requestAnimationFrame(step);
      };
      gliding.current = requestAnimationFrame(step);
    },
    [look],
  );

  /** Goes so near to a section that its seats can be picked, and shows as much of it as then fits. */
  const approach = useCallback(
    ({ bounds, placement }: Block, at: Point) => {
      const snug = fitView(bounds, size.current, 26, NEAREST);
      const pitch = Math.min(placement.pitch, rowPitchOf(placement));
      const scale = Math.max(snug.scale, (PICK_FROM * 1.45) / pitch);
      const middle = scale > snug.scale ? at : snug;
      glide({ x: middle.x, y: middle.y, scale });
    },
    [glide],
  );

  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    const watch = new ResizeObserver(() => {
      const box = element.getBoundingClientRect();
      const first = size.current.width === 0 || view.current === null;
      const before = first ? null : whole();
      size.current = { width: box.width, height: box.height };
      const density = Math.min(2, window.devicePixelRatio || 1);
      if (canvas.current) {
        canvas.current.width = Math.round(box.width * density);
        canvas.current.height = Math.round(box.height * density);
      }
      // Somebody who saw the whole hall goes on seeing it; somebody who looked at seats stays there.
      const sawWhole = before !== null && Math.abs((view.current?.scale ?? 0) / before.scale - 1) < 0.02;
      if (first || sawWhole || view.current === null) look(whole());
      else draw();
    });
    watch.observe(element);
    return () => watch.disconnect();
  }, [draw, look, whole]);

  useEffect(() => {
    const element = canvas.current;
    if (!element) return;
    const limits = (): [number, number] => [whole().scale * 0.9, NEAREST];
    const isNear = (pitch: number) => pitch * (view.current?.scale ?? 0) >= PICK_FROM;
    const seatUnder = (at: Point) => {
      if (!view.current) return null;
      let found: ReturnType<typeof hit> = null;
      // A finger that meant a section may land in the aisle beside it.
      for (const [dx, dy] of NEARBY) {
        found ??= hit(hall, toHall(view.current, size.current, { x: at.x + dx, y: at.y + dy }));
      }
      if (!found) return null;
      const { placement } = found.block;
      return { ...found, near: isNear(Math.min(placement.pitch, rowPitchOf(placement))) };
    };
    const announceNear = () => {
      if (!view.current) return;
      const found = hit(hall, { x: view.current.x, y: view.current.y });
      if (found && isNear(found.block.placement.pitch)) latest.current.onNear(found.block.name);
    };
    const stop = listenToMap(element, {
      pan: (dx, dy) => {
        cancelAnimationFrame(gliding.current);
        if (view.current) look(pan(view.current, dx, dy));
        announceNear();
      },
      zoom: (at, factor) => {
        cancelAnimationFrame(gliding.current);
        if (view.current) look(zoomAt(view.current, size.current, at, factor, limits()));
        announceNear();
      },
      tap: (at) => {
        const found = seatUnder(at);
        if (!found || !view.current) return;
        if (!found.near) {
          approach(found.block, toHall(view.current, size.current, at));
          latest.current.onNear(found.block.name);
        } else if (found.seat !== null) {
          latest.current.onPick(found.seat);
        }
      },
      hover: (at) => {
        const found = at ? seatUnder(at) : null;
        const seat = found?.near ? found.seat : null;
        element.style.cursor = found ? (found.near ? "pointer" : "zoom-in") : "grab";
        if (seat !== hovered.current) {
          hovered.current = seat;
          draw();
        }
        if (at && seat !== null && store.stateOf(seat) === SEAT.available) {
          setTip({ text: latest.current.describe(seat), at });
        } else if (at && found && !found.near) {
          const left = store.left[found.block.section] ?? 0;
          setTip({ text: `${found.block.name} · ${t("left", { count: left })}`, at });
        } else {
          setTip(null);
        }
      },
    });
    return stop;
  }, [approach, draw, hall, look, store, t, whole]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: each of these changes what is drawn.
  useEffect(draw, [draw, version, onlyTier, selected]);
  useEffect(() => () => cancelAnimationFrame(gliding.current), []);
  useEffect(() => {
    // Names and numbers are drawn in a font that may still be under way.
    void document.fonts?.ready.then(draw);
  }, [draw]);

  const step = (factor: number) => {
    if (!view.current) return;
    const { width, height } = size.current;
    const middle = { x: width / 2, y: height / 2 };
    glide(keepInSight(zoomAt(view.current, size.current, middle, factor, [whole().scale * 0.9, NEAREST]), hall.bounds));
  };

  const knob =
    "grid size-11 place-items-center rounded-control border border-line bg-surface text-ink shadow-sm hover:bg-sunken";
  return (
    <div ref={frame} className="relative h-full w-full overflow-hidden">
      <canvas
        ref={canvas}
        role="img"
        aria-label={t("label")}
        className="absolute inset-0 h-full w-full touch-none select-none"
      />
      {amid && near && (
        <p className="pointer-events-none absolute top-3 left-3 rounded-control border border-line bg-surface px-3 py-1.5 text-sm shadow-sm">
          <b>{amid.name}</b> · {amid.tier} · {t("left", { count: store.left[amid.section] ?? 0 })}
        </p>
      )}
      {tip && (
        <div
          aria-hidden="true"
          className="pointer-events-none absolute z-10 rounded-control bg-ink px-3 py-1.5 font-medium text-paper text-sm whitespace-nowrap shadow-lg"
          style={{
            left: Math.min(tip.at.x + 14, Math.max(0, size.current.width - 230)),
            top: Math.max(4, tip.at.y - 44),
          }}
        >
          {tip.text}
        </div>
      )}
      <div className="absolute right-3 bottom-3 flex flex-col gap-2 max-sm:flex-row">
        {near && (
          <button
            type="button"
            onClick={() => glide(whole())}
            className="inline-flex min-h-11 items-center gap-2 rounded-control border border-line bg-surface px-3 font-semibold text-sm shadow-sm hover:bg-sunken"
          >
            <Scan aria-hidden="true" className="size-4" />
            {t("overview")}
          </button>
        )}
        <div className="flex flex-col gap-2 self-end max-sm:flex-row-reverse">
          <button type="button" aria-label={t("zoomIn")} className={knob} onClick={() => step(1.8)}>
            <Plus aria-hidden="true" className="size-5" />
          </button>
          <button type="button" aria-label={t("zoomOut")} className={knob} onClick={() => step(1 / 1.8)}>
            <Minus aria-hidden="true" className="size-5" />
          </button>
        </div>
      </div>
    </div>
  );
}
