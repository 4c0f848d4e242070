import { estimateWait, paceWait, pollAfter, positionFromPulse, waitRange } from "@/lib/queue/rules";
import type { Pulse, QueueView } from "@/lib/queue/schema";

/** What this browser remembers of a place in line, across refreshes and tabs. */
export type RememberedPlace = {
  /** Tells one wait from the next: a new stay in line, or one after letting others go first. */
  wait: string;
  /** The first position seen, from which progress is measured. */
  firstPosition: number;
  /** The best position seen. */
  bestPosition: number;
  /** Whether there were seats at some time of this wait. */
  sawSeats: boolean;
};

const waitOf = (view: QueueView): string =>
  view.deferred ? `${view.enteredAt} ${view.deferralsLeft}` : view.enteredAt;

/** Takes in a new view: remembers its position. A new wait starts afresh. */
export function remember(place: RememberedPlace | null, view: QueueView): RememberedPlace | null {
  const wait = waitOf(view);
  const kept = place?.wait === wait ? place : null;
  if (view.position === null) return kept;
  const sawSeats = view.seatsLeft > 0 || kept?.sawSeats === true;
  const { firstPosition = view.position, bestPosition = view.position } = kept ?? {};
  return { wait, firstPosition, bestPosition: Math.min(bestPosition, view.position), sawSeats };
}

/** What two tabs remember of a place; of two waits the one that `view` is about. */
export function together(
  a: RememberedPlace | null,
  b: RememberedPlace | null,
  view: QueueView,
): RememberedPlace | null {
  const wait = waitOf(view);
  const [one, other] = [a, b].filter((place) => place?.wait === wait);
  if (!one || !other) return one ?? null;
  return {
    wait,
    firstPosition: Math.max(one.firstPosition, other.firstPosition),
    bestPosition: Math.min(one.bestPosition, other.bestPosition),
    sawSeats: one.sawSeats || other.sawSeats,
  };
}

/**
 * The view to show: a position never rises on the fan's screen, even where two servers' snapshots or two tabs differ by
 * a second, and a fan who was let in is not shown waiting by an answer that was under way before (but is by one that
 * says that others go first).
 */
export function steady(previous: QueueView | null, view: QueueView, place: RememberedPlace | null): QueueView {
  const same = previous?.enteredAt === view.enteredAt;
  const isOlder = same && previous && Date.parse(view.at) < Date.parse(previous.at);
  if (isOlder) return { ...previous, pollAfterMs: view.pollAfterMs };
  if (same && previous && !view.deferred && isFurther(previous.status, view.status)) {
    return { ...previous, seatsLeft: view.seatsLeft, mode: view.mode, pollAfterMs: view.pollAfterMs, at: view.at };
  }
  if (view.position === null || place?.wait !== waitOf(view)) return view;
  const position = Math.min(view.position, place.bestPosition);
  return { ...view, position, ahead: position - 1 };
}

const ORDER = ["lobby", "waiting", "admitted", "completed"];
const isFurther = (before: string, now: string) =>
  ORDER.includes(before) && ORDER.includes(now) && ORDER.indexOf(before) > ORDER.indexOf(now);

/** From here on the place is exact enough for everybody's pulse; nearer, a fan asks for the own. */
const FAR_POSITION = 500;
const FAR_SECONDS = 60;

/** Whether the place may be worked out from the pulse that everybody shares. */
export function isFar(view: QueueView): boolean {
  if (view.status !== "waiting" || view.deferred || view.number === null || view.position === null) return false;
  return view.position >= FAR_POSITION && (view.estimatedWaitSeconds ?? FAR_SECONDS) >= FAR_SECONDS;
}

/** The last answer brought up to date by a pulse; null when it is time to ask for the own place. */
export function fromPulse(view: QueueView, pulse: Pulse, chance: number): QueueView | null {
  const position = view.number === null ? null : positionFromPulse(view.number, pulse);
  if (position === null || !isFar(view)) return null;
  const { servedThrough, lastNumber, gone, admittedPerMinute, flow, mode, seatsLeft, at, message } = pulse;
  const waiting = lastNumber - servedThrough - gone.counts.reduce((sum, count) => sum + count, 0);
  const estimatedWaitSeconds = estimateWait(position, admittedPerMinute, mode);
  const { token: _token, message: _message, ...kept } = view;
  return {
    ...kept,
    position,
    ahead: position - 1,
    waiting: Math.max(waiting, position),
    estimatedWaitSeconds,
    estimatedWaitRange: waitRange(position, admittedPerMinute, flow, mode),
    pollAfterMs: pollAfter(paceWait(position, pulse), mode, chance, pulse.pace),
    seatsLeft,
    mode,
    at,
    ...(message ? { message } : {}),
  };
}

/** How far the line has carried this fan since joining, from 0 to 1. */
export function progress(place: RememberedPlace | null, view: QueueView): number {
  if (view.status !== "waiting" || view.position === null) return view.status === "lobby" ? 0 : 1;
  if (!place || place.firstPosition <= 0) return 0;
  return Math.min(1, Math.max(0, (place.firstPosition - view.position) / place.firstPosition));
}

/** How many stand behind this fan. */
export const behind = (view: QueueView): number =>
  view.position === null ? 0 : Math.max(0, view.waiting - view.position);

/** Whether more people are ahead than seats are left, so that this fan should know. */
export const mayMissOut = (view: QueueView): boolean =>
  view.status === "waiting" && view.seatsLeft > 0 && (view.ahead ?? 0) >= view.seatsLeft;

/** A wait in plain words: minutes or hours between which it ends, or a word. */
export type WaitWords =
  | { kind: "unknown" }
  | { kind: "paused" }
  | { kind: "soon" }
  | { kind: "minute" }
  | { kind: "within"; to: number }
  | { kind: "minutes"; from: number; to: number }
  | { kind: "hours"; from: number; to: number };

/** Rounds an estimate's range outwards to words that do not promise more than is known. */
export function waitWords(view: QueueView): WaitWords {
  if (view.mode === "paused") return { kind: "paused" };
  const range = view.estimatedWaitRange;
  if (range === null) return { kind: "unknown" };
  if (range.to <= 20) return { kind: "soon" };
  if (range.to <= 75) return { kind: "minute" };
  if (range.from >= 90 * 60) {
    const from = Math.floor(range.from / 3600);
    return { kind: "hours", from, to: Math.max(from + 1, Math.ceil(range.to / 3600)) };
  }
  const step = range.to > 15 * 60 ? 5 : 1;
  const from = Math.floor(range.from / 60 / step) * step;
  const to = Math.ceil(range.to / 60 / step) * step;
  if (from < 1) return { kind: "within", to };
  return { kind: "minutes", from, to: Math.max(from + step, to) };
}
