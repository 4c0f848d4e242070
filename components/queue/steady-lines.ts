import type { OwnLine } from "@/lib/queue/schema";
import { type RememberedPlace, remember, steady, together } from "./place";

type Memory = {
  recall: (concertId: string) => RememberedPlace | null;
  memorise: (concertId: string, place: RememberedPlace | null) => void;
};

/**
 * The own places as they are shown, by what this browser remembers of each: beside the waiting room's own page no
 * position rises either.
 */
export function steadyLines(
  previous: OwnLine[] | undefined,
  lines: OwnLine[],
  { recall, memorise }: Memory,
): OwnLine[] {
  return lines.map((line) => {
    const before = previous?.find(({ concert }) => concert.id === line.concert.id)?.queue ?? null;
    const place = remember(together(recall(line.concert.id), null, line.queue), line.queue);
    memorise(line.concert.id, place);
    return { ...line, queue: steady(before, line.queue, place) };
  });
}

const NEAREST_MS = 2_000;
const FARTHEST_MS = 20_000;

/** When to ask again, in ms: when the first of the lines says so, but more seldom than its own page would. */
export function nextLook(lines: OwnLine[] | undefined): number {
  const soonest = Math.min(FARTHEST_MS, ...(lines ?? []).map(({ queue }) => 2 * queue.pollAfterMs));
  return Math.max(NEAREST_MS, soonest);
}
