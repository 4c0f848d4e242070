import { TICK_MS, turnsNow } from "@/lib/queue/rules";
import { makeCrowd } from "./crowd";
import { lognormal, randomOf } from "./random";
import type { Scenario } from "./scenario";

/** How the room stood at one moment. */
export type Moment = { at: number; waiting: number; inside: number; seatsLeft: number };

/** What came of it. Times in seconds; a wait counts from coming (at the earliest the opening) to the turn. */
export type Outcome = {
  admitted: number;
  bought: number;
  seatsSold: number;
  /** Fans who left the line before their turn. */
  abandoned: number;
  /** Turns that nobody claimed. */
  ghosts: number;
  /** Turns that ran out while their fan still shopped. */
  ranOut: number;
  /** Still in line, or not yet come, when the last seat was sold or a week was over. */
  tooLate: number;
  /** When the last seat was sold; null if seats were left over. */
  soldOutAt: number | null;
  /** When nobody was left, the last seat was sold, or a week was over. */
  endedAt: number;
  /** Sorted. */
  waits: Float32Array;
  /** Of those who came in the n-th part of all arrivals' time, the mean wait; null where nobody of them had a turn. */
  waitByArrival: (number | null)[];
  peakWaiting: number;
  /** The share of the places inside that ghosts took, over the whole time. */
  ghostShare: number;
  /** What held the line back, as shares of the time in which somebody waited. */
  heldBy: { rate: number; active: number };
  moments: Moment[];
};

const TICK = TICK_MS / 1000;
/** Nobody plans a sale that takes longer. */
const LONGEST = 7 * 86_400;
export const PARTS = 60;

/** Ends of turns by tick: the room looks at its places once a tick. */
class Ends {
  private readonly byTick = new Map<number, number[]>();

  add(at: number, what: number): void {
    const tick = Math.ceil(at / TICK);
    const list = this.byTick.get(tick);
    if (list) list.push(what);
    else this.byTick.set(tick, [what]);
  }

  take(tick: number): number[] {
    const list = this.byTick.get(tick) ?? [];
    this.byTick.delete(tick);
    return list;
  }
}

/** What a turn ends with: seats to buy, or one of these. */
const NOTHING_BOUGHT = 0;
const GHOST = -1;
const RAN_OUT = -2;

/**
 * Runs a sale in virtual time: the room decides twice a second by the product's own rule (`turnsNow`) whom to let in, in
 * the order of arrival. Pure and the same for the same seed.
 */
export function simulate(scenario: Scenario): Outcome {
  const { fans, sessionSeconds, claimSeconds } = scenario;
  const { arrival, leaves, ghost } = makeCrowd(scenario);
  const random = randomOf(scenario.seed + 1);
  const ends = new Ends();
  const leaving = new Map<number, number>();
  const waits = new Float32Array(fans);
  const sums = new Float64Array(PARTS);
  const counts = new Uint32Array(PARTS);
  const lastArrival = Math.max(TICK, arrival[fans - 1] ?? 0);

  const outcome = { admitted: 0, bought: 0, seatsSold: 0, abandoned: 0, ghosts: 0, ranOut: 0 };
  let [come, next, inside, waiting, peakWaiting] = [0, 0, 0, 0, 0];
  let [credit, seatsLeft, ghostSeconds, insideSeconds] = [0, scenario.seats, 0, 0];
  let [waitedTicks, heldByRate, heldByActive] = [0, 0, 0];
  let soldOutAt: number | null = null;
  const moments: Moment[] = [];
  let every = 1;
  let tick = 0;

  const endTurn = (what: number) => {
    inside -= 1;
    if (what === GHOST) outcome.ghosts += 1;
    else if (what === RAN_OUT) outcome.ranOut += 1;
    else if (what > NOTHING_BOUGHT && seatsLeft > 0) {
      const seats = Math.min(what, seatsLeft);
      seatsLeft -= seats;
      outcome.seatsSold += seats;
      outcome.bought += 1;
    }
  };

  const startTurn = (fan: number, now: number) => {
    inside += 1;
    waiting -= 1;
    outcome.admitted += 1;
    const came = Math.max(0, arrival[fan] as number);
    waits[outcome.admitted - 1] = now - came;
    const part = Math.min(PARTS - 1, Math.floor((came / lastArrival) * PARTS));
    sums[part] = (sums[part] as number) + now - came;
    counts[part] = (counts[part] as number) + 1;
    const leavesAt = Math.ceil((leaves[fan] as number) / TICK);
    if (Number.isFinite(leavesAt)) leaving.set(leavesAt, (leaving.get(leavesAt) ?? 0) - 1);
    const shops = lognormal(scenario.shoppingSeconds, random);
    const buys = random() < scenario.buyers ? 1 + Math.floor(random() * scenario.perFan) : NOTHING_BOUGHT;
    if (ghost[fan]) {
      ghostSeconds += claimSeconds;
      ends.add(now + claimSeconds, GHOST);
    } else if (shops > sessionSeconds) ends.add(now + sessionSeconds, RAN_OUT);
    else ends.add(now + shops, buys);
  };

  for (; tick * TICK < LONGEST; tick += 1) {
    const now = tick * TICK;
    for (const what of ends.take(tick)) endTurn(what);
    for (; come < fans && (arrival[come] as number) <= now; come += 1) {
      waiting += 1;
      const leavesAt = Math.ceil((leaves[come] as number) / TICK);
      if (Number.isFinite(leavesAt)) leaving.set(leavesAt, (leaving.get(leavesAt) ?? 0) + 1);
    }
    const gone = leaving.get(tick) ?? 0;
    leaving.delete(tick);
    waiting -= gone;
    outcome.abandoned += gone;
    peakWaiting = Math.max(peakWaiting, waiting);
    if (seatsLeft === 0) {
      soldOutAt = now;
      break;
    }

    const turns = turnsNow({
      mode: "on",
      isOpen: true,
      isDrawing: false,
      credit,
      elapsedSeconds: tick === 0 ? 0 : TICK,
      admissionsPerMinute: scenario.admissionsPerMinute,
      activeLimit: scenario.activeLimit,
      active: inside,
    });
    let admitted = 0;
    for (; admitted < turns.most && next < come; next += 1) {
      if ((leaves[next] as number) <= now) continue;
      startTurn(next, now);
      admitted += 1;
    }
    credit = turns.credit - admitted;
    if (waiting > 0) {
      waitedTicks += 1;
      if (inside >= scenario.activeLimit) heldByActive += 1;
      else heldByRate += 1;
    }
    insideSeconds += inside * TICK;
    if (tick % every === 0) moments.push({ at: now, waiting, inside, seatsLeft });
    // Few enough to plot, however long it takes.
    if (moments.length > 8 * PARTS) {
      every *= 2;
      for (let at = 0; at < moments.length; at += 1) moments.splice(at + 1, 1);
    }
    if (come === fans && waiting === 0 && inside === 0) break;
  }
  const share = (part: number, whole: number) => (whole > 0 ? part / whole : 0);
  return {
    ...outcome,
    tooLate: waiting + fans - come,
    soldOutAt,
    endedAt: tick * TICK,
    waits: waits.subarray(0, outcome.admitted).sort(),
    waitByArrival: Array.from(sums, (sum, part) =>
      (counts[part] as number) > 0 ? sum / (counts[part] as number) : null,
    ),
    peakWaiting,
    ghostShare: share(ghostSeconds, insideSeconds),
    heldBy: { rate: share(heldByRate, waitedTicks), active: share(heldByActive, waitedTicks) },
    moments,
  };
}

/** The wait that a share of those admitted did not exceed; null if nobody was. */
export function percentile(sorted: Float32Array, share: number): number | null {
  if (sorted.length === 0) return null;
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] as number;
}
