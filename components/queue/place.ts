import type { QueueView } from "@/lib/queue/schema";

/** What this browser remembers of a place in line, across refreshes and tabs. */
export type RememberedPlace = {
  /** Tells one stay in line from the next. */
  enteredAt: string;
  /** The first position seen, from which progress is measured. */
  firstPosition: number;
  /** The best position seen. */
  bestPosition: number;
};

/** Takes in a new view: remembers its position. A new stay in line, or one without a position, starts afresh. */
export function remember(place: RememberedPlace | null, view: QueueView): RememberedPlace | null {
  const kept = place?.enteredAt === view.enteredAt ? place : null;
  if (view.position === null) return kept;
  if (!kept) {
    return { enteredAt: view.enteredAt, firstPosition: view.position, bestPosition: view.position };
  }
  return { ...kept, bestPosition: Math.min(kept.bestPosition, view.position) };
}

/**
 * The view to show: a position never rises on the fan's screen, even where two servers' snapshots or two tabs differ by
 * a second, and a fan who was let in is not shown waiting by an answer that was under way before.
 */
export function steady(previous: QueueView | null, view: QueueView, place: RememberedPlace | null): QueueView {
  const same = previous?.enteredAt === view.enteredAt;
  if (same && previous && isFurther(previous.status, view.status)) {
    return { ...previous, seatsLeft: view.seatsLeft, mode: view.mode, pollAfterMs: view.pollAfterMs, at: view.at };
  }
  if (view.position === null || place?.enteredAt !== view.enteredAt) return view;
  const position = Math.min(view.position, place.bestPosition);
  return { ...view, position, ahead: position - 1 };
}

const ORDER = ["lobby", "waiting", "admitted", "completed"];
const isFurther = (before: string, now: string) =>
  ORDER.includes(before) && ORDER.includes(now) && ORDER.indexOf(before) > ORDER.indexOf(now);

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

/** A wait in plain words: `[from, to]` minutes as a range that widens with distance, or seconds when it is short. */
export type WaitWords =
  | { kind: "unknown" }
  | { kind: "paused" }
  | { kind: "soon" }
  | { kind: "minute" }
  | { kind: "minutes"; from: number; to: number }
  | { kind: "hours"; from: number; to: number };

/** Rounds an estimate to words that do not promise more than is known. */
export function waitWords(view: QueueView): WaitWords {
  if (view.mode === "paused") return { kind: "paused" };
  const seconds = view.estimatedWaitSeconds;
  if (seconds === null) return { kind: "unknown" };
  if (seconds < 20) return { kind: "soon" };
  if (seconds < 75) return { kind: "minute" };
  const minutes = seconds / 60;
  if (minutes >= 90) {
    const from = Math.max(1, Math.floor((minutes * 0.9) / 60));
    return { kind: "hours", from, to: Math.max(from + 1, Math.ceil((minutes * 1.2) / 60)) };
  }
  const step = minutes < 10 ? 1 : 5;
  const from = Math.max(1, Math.floor((minutes * 0.85) / step) * step);
  return { kind: "minutes", from, to: Math.max(from + step, Math.ceil((minutes * 1.2) / step) * step) };
}
