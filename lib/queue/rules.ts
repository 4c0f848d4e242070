import type { RoomMode } from "@/db/constants";
import type { Pulse, WaitRange } from "./schema";

/** Nobody is told to ask again sooner than this. */
const NEAREST_POLL_MS = 1000;

/**
 * No answer is given from a snapshot that was asked for longer ago. As long as a fan waits between two polls at least, so
 * whatever process answers the second one has asked for its snapshot after the first was answered: no place rises.
 */
export const FRESH_MS = NEAREST_POLL_MS;

/**
 * How often a line is read: with the seats, counted at every seventh time, less than two reads in a second; and soon enough
 * for the answer to come before the last one is no longer fresh.
 */
export const SNAPSHOT_MS = 700;

const FARTHEST_POLL_MS = 20_000;
const PAUSED_POLL_MS = 4000;

/**
 * Whole seconds until a fan's turn at the measured rate, or null when nothing can be said: paused, or nobody was
 * admitted lately. The next in line waits for one admission, so `position` and not `ahead` is divided.
 */
export function estimateWait(position: number, admittedPerMinute: number, mode: RoomMode): number | null {
  if (mode === "paused" || admittedPerMinute <= 0) return null;
  return Math.ceil((position * 60) / admittedPerMinute);
}

/**
 * How evenly a line moved lately: the standard deviation of the admissions in ten seconds over their mean, and of how
 * many tens of seconds that was measured.
 */
export type Flow = { variation: number; samples: number };

/** Nineteen of twenty waits end within so many standard deviations on the one side; nine of ten on both. */
const DEVIATIONS = 1.64;
/** No wait is known better than to a tenth of itself. */
const LEAST_UNCERTAINTY = 0.1;

/**
 * How many seconds a wait may be shorter or longer than estimated, in nine of ten cases: what ten seconds of the line
 * differed by, over as many as the wait has, and how well so few of them tell the rate itself.
 */
export function waitSpread(seconds: number, { variation, samples }: Flow): number {
  const tens = seconds / 10;
  const spread = DEVIATIONS * variation * Math.sqrt(tens + (tens * tens) / Math.max(1, samples)) * 10;
  return Math.max(spread, seconds * LEAST_UNCERTAINTY);
}

/** The wait's honest bounds in whole seconds; null where nothing can be said. */
export function waitRange(position: number, perMinute: number, flow: Flow, mode: RoomMode): WaitRange | null {
  if (estimateWait(position, perMinute, mode) === null) return null;
  const seconds = (position * 60) / perMinute;
  const spread = waitSpread(seconds, flow);
  return { from: Math.max(0, Math.floor(seconds - spread)), to: Math.ceil(seconds + spread) };
}

/** Where too few tens of seconds were seen, a line is taken to move this unevenly. */
const UNSEEN: Flow = { variation: 0.5, samples: 1 };
const LEAST_SAMPLES = 3;
const MOST_VARIATION = 2;

/**
 * How evenly a line moved, from the sum and the sum of squares of its admissions in so many whole tens of seconds. A
 * crowd that comes in by chance varies at least as much as the square root of its mean.
 */
export function flowOf({ samples, sum, squares }: { samples: number; sum: number; squares: number }): Flow {
  if (samples < LEAST_SAMPLES || sum <= 0) return UNSEEN;
  const mean = sum / samples;
  const variance = Math.max(squares / samples - mean * mean, mean);
  return { variation: Math.min(MOST_VARIATION, Math.round((Math.sqrt(variance) / mean) * 1000) / 1000), samples };
}

/**
 * The place of a number as everybody's pulse tells it; null once its turn has come. Exact but for those of its own
 * block (1,024 numbers) that have left, so never too small.
 */
export function positionFromPulse(number: number, { servedThrough, gone }: Pick<Pulse, "servedThrough" | "gone">) {
  if (number <= servedThrough) return null;
  const block = Math.floor((number - gone.from) / gone.blockSize);
  let left = 0;
  for (let at = 0; at < Math.min(block, gone.counts.length); at += 1) left += gone.counts[at] as number;
  return Math.max(1, number - servedThrough - left);
}

/** How fast a line moves: as it was measured, as the organiser lets it at most, and how evenly. */
export type Speed = { admittedPerMinute: number; admissionsPerMinute: number; flow: Flow };

/**
 * The seconds that polls are paced by: the measured wait once the line has moved for half a minute; until then the least
 * that the room's own rate allows, as the first seconds of a sale say little of its speed. Infinite if nobody may come in.
 */
export function paceWait(position: number, { admittedPerMinute, admissionsPerMinute, flow }: Speed): number {
  const isMeasured = admittedPerMinute > 0 && flow.samples >= LEAST_SAMPLES;
  return (position * 60) / (isMeasured ? admittedPerMinute : admissionsPerMinute);
}

/** The most by which chance lengthens a pause. */
const MOST_CHANCE = 1.15;

/** `chance` in [0, 1) spreads pauses by 15 % either way, so that those who came together do not ask together for ever. */
const spread = (ms: number, chance: number): number =>
  Math.max(NEAREST_POLL_MS, Math.round(ms * (0.85 + (MOST_CHANCE - 0.85) * chance)));

/**
 * Milliseconds until a fan should ask again: a tenth of the wait that is left (`paceWait`), within 1–20 s. `load` ≥ 1
 * stretches far waits on a busy process; but never past half of the wait, so that nobody sleeps through their own turn.
 */
export function pollAfter(seconds: number, mode: RoomMode, chance: number, load = 1): number {
  const least = mode === "paused" ? PAUSED_POLL_MS : NEAREST_POLL_MS;
  const byDistance = Math.min(Math.max(seconds * 100, least), FARTHEST_POLL_MS) * load;
  return spread(Math.min(byDistance, Math.max(least, (seconds * 500) / MOST_CHANCE)), chance);
}

/** Fans in a lobby who may ask in one second, together. */
const LOBBY_POLLS_PER_SECOND = 20_000;

/**
 * Milliseconds until a fan in the lobby should ask again: seldom while the opening is far, each second around it in a
 * small lobby, and in a large one as often as all of them together may; never past half of the time that is left.
 */
export function lobbyPollAfter(msUntilOpen: number, lobbyCount: number, chance: number, load = 1): number {
  const least = Math.max(NEAREST_POLL_MS, (lobbyCount * 1000) / LOBBY_POLLS_PER_SECOND);
  const byDistance = Math.min(Math.max(msUntilOpen / 5, least), FARTHEST_POLL_MS) * load;
  return spread(Math.min(byDistance, Math.max(least * load, msUntilOpen / 2 / MOST_CHANCE)), chance);
}

/** How a proof of work is made: a number is found so that the hash of challenge and number starts with so many zero bits. */
export const proofText = (challenge: string, nonce: number): string => `${challenge}.${nonce}`;

/** Zero bits before the first one in a hash. */
export function leadingZeroBits(hash: Uint8Array): number {
  let bits = 0;
  for (const byte of hash) {
    if (byte !== 0) return bits + Math.clz32(byte) - 24;
    bits += 8;
  }
  return bits;
}

/** How many go first when a fan lets others go first. */
export const DEFER_BY = 5;

/** How often a fan may do so in one stay in line. */
export const MOST_DEFERRALS = 2;

/** How often a fan may leave a line before the next join has to wait. */
export const LEAVE_LIMIT = { limit: 20, windowSeconds: 600 };

/** How many new places one address may take in one line: many fans share one at a university or a phone company. */
export const ADDRESS_LIMIT = { limit: 600, windowSeconds: 60 };

/** How often a fan may replace the token of one concert. */
export const TOKEN_LIMIT = { limit: 5, windowSeconds: 600 };

/** The most credit that may wait: one second's worth, or one admission. What a full or paused room does not use is lost. */
export const creditLimit = (admissionsPerMinute: number): number => Math.max(1, admissionsPerMinute / 60);

/** Admissions that the rate allows after `elapsedSeconds` more. */
export function creditAfter(credit: number, elapsedSeconds: number, admissionsPerMinute: number): number {
  if (admissionsPerMinute <= 0) return 0;
  return Math.min(creditLimit(admissionsPerMinute), credit + (Math.max(0, elapsedSeconds) * admissionsPerMinute) / 60);
}

/** Twice a second: a free place is filled within half a second, and credit of one second is never lost between ticks. */
export const TICK_MS = 500;

/** More than anybody can be in line. */
const EVERYBODY = 2 ** 31 - 1;

/** What decides how many may come in: the room's settings and how it stands at this moment. */
export type RoomNow = {
  mode: RoomMode;
  isOpen: boolean;
  /** The lobby has no numbers yet. */
  isDrawing: boolean;
  credit: number;
  /** Since the credit was counted. */
  elapsedSeconds: number;
  admissionsPerMinute: number;
  activeLimit: number;
  /** How many are inside. */
  active: number;
};

/**
 * How many may come in now at the most, and the credit of which each of them uses one (`counts`). Time spent paused,
 * before the opening or during the draw earns nothing.
 */
export function turnsNow(room: RoomNow): { most: number; credit: number; counts: boolean } {
  if (room.mode === "off" && !room.isDrawing) return { most: EVERYBODY, credit: 0, counts: false };
  if (room.mode === "off" || room.mode === "paused" || !room.isOpen || room.isDrawing)
    return { most: 0, credit: 0, counts: true };
  const credit = creditAfter(room.credit, room.elapsedSeconds, room.admissionsPerMinute);
  const places = Math.max(0, room.activeLimit - room.active);
  return { most: Math.min(places, Math.floor(credit)), credit, counts: true };
}
