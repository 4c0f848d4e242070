import { z } from "zod";
import { type QueueStatus, ROOM_MODES, type RoomMode, type RoomOrder } from "@/db/constants";

/** A fan's place in a line, as the contract words it. */
export type QueueView = {
  /** On joining, and on a poll when a fresh one replaces the old one beside which it stays valid. */
  token?: string;
  status: QueueStatus;
  number: number | null;
  /** 1 for whoever is next; null unless waiting. Never rises. */
  position: number | null;
  ahead: number | null;
  waiting: number;
  /** Null when unknown or paused. */
  estimatedWaitSeconds: number | null;
  pollAfterMs: number;
  enteredAt: string;
  admittedAt: string | null;
  admittedUntil: string | null;
  seatsLeft: number;
  /** The room's mode, so that a page can say "paused". */
  mode: RoomMode;
  /** When the sale opens. */
  opensAt: string;
  /** The server's clock, which countdowns are measured by. */
  at: string;
};

/** What everybody may know about a line; a browser works out its own position from it. */
export type Pulse = {
  servedThrough: number;
  lastNumber: number;
  /** How many left of each block of `blockSize` numbers; the first block starts at number `from`. */
  gone: { blockSize: number; from: number; counts: number[] };
  admittedPerMinute: number;
  mode: RoomMode;
  seatsLeft: number;
  at: string;
};

const seconds = (least: number, most: number) => z.int().min(least).max(most);

/** What an organiser may change about a waiting room while it runs. */
export const roomChangeSchema = z
  .strictObject({
    mode: z.enum(ROOM_MODES),
    activeLimit: z.int().min(0).max(1_000_000),
    admissionsPerMinute: z.int().min(0).max(6_000_000),
    sessionSeconds: seconds(30, 86_400),
    claimSeconds: seconds(10, 3_600),
  })
  .partial();
export type RoomChange = z.infer<typeof roomChangeSchema>;

export type RoomSettings = Required<RoomChange> & { order: RoomOrder; opensAt: string; revision: number };

/** A line's numbers for its organiser: `waiting` and `admitted` are now, the others so far. */
export type QueueStats = {
  waiting: number;
  admitted: number;
  completed: number;
  left: number;
  expired: number;
  admittedPerMinute: number;
  /** Over those admitted in the last ten minutes; null when nobody was. */
  waitSecondsP50: number | null;
  waitSecondsP90: number | null;
};
