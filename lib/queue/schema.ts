import { z } from "zod";
import { type QueueStatus, ROOM_MODES, type RoomChangeKind, type RoomMode, type RoomOrder } from "@/db/constants";

/** Seconds between which a wait ends in nine of ten cases. */
export type WaitRange = { from: number; to: number };

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
  /** The same with its uncertainty; null when that is. */
  estimatedWaitRange: WaitRange | null;
  pollAfterMs: number;
  enteredAt: string;
  admittedAt: string | null;
  admittedUntil: string | null;
  seatsLeft: number;
  /** The room's mode, so that a page can say "paused". */
  mode: RoomMode;
  /** When the sale opens. */
  opensAt: string;
  /**
   * In a drawn sale: the name under which the draw is published. Told in the lobby, when the draw has given a number,
   * and on joining; the polls in line leave it out.
   */
  drawId?: string;
  /** The server's clock, which countdowns are measured by. */
  at: string;
  /** The organiser's words to everyone in line, if there are any. */
  message?: RoomMessage;
  /** How often the fan may still let the next five go first; only while that is possible or going on. */
  deferralsLeft?: number;
  /** The fan lets others go first and comes back by itself; only while so. */
  deferred?: true;
};

/** A concert that a fan stands in line for, with the fan's place. */
export type OwnLine = {
  concert: { id: string; slug: string; title: string; artist: string; venue: { name: string; timeZone: string } };
  queue: QueueView;
};

/** Work that the door asks for when too many come at once: `bits` zero bits, before `expiresAt`. */
export type Challenge = { text: string; bits: number; expiresAt: string };

/** What everybody may know about a line; a browser works out its own position from it. */
export type Pulse = {
  servedThrough: number;
  lastNumber: number;
  /** How many left of each block of `blockSize` numbers; the first block starts at number `from`. */
  gone: { blockSize: number; from: number; counts: number[] };
  admittedPerMinute: number;
  /** The most that the organiser lets in. */
  admissionsPerMinute: number;
  /** How evenly it moved, for the uncertainty of a wait: see `waitRange`. */
  flow: { variation: number; samples: number };
  /** How much longer than usual to wait before reading again; 1 while the server has room. */
  pace: number;
  mode: RoomMode;
  seatsLeft: number;
  at: string;
  message?: RoomMessage;
};

const seconds = (least: number, most: number) => z.int().min(least).max(most);

const words = z
  .string()
  .trim()
  .min(1)
  .max(300)
  .regex(/^[^\0]*$/, "must not contain NUL");

/** What an organiser tells everyone in line, in both languages. */
export const roomMessageSchema = z.strictObject({ ko: words, en: words });
export type RoomMessage = z.infer<typeof roomMessageSchema>;

/** What an organiser may change about a waiting room while it runs. */
export const roomChangeSchema = z
  .strictObject({
    mode: z.enum(ROOM_MODES),
    activeLimit: z.int().min(0).max(1_000_000),
    admissionsPerMinute: z.int().min(0).max(6_000_000),
    sessionSeconds: seconds(30, 86_400),
    claimSeconds: seconds(10, 3_600),
    /** Joins in a second above which the door asks for proof of work; null: never. */
    challengeAbove: z.int().min(0).max(1_000_000).nullable(),
    /** How much work: each bit doubles it, and 16 take a phone a second or two. */
    challengeBits: z.int().min(8).max(20),
    /** Null takes it back. */
    message: roomMessageSchema.nullable(),
  })
  .partial();
export type RoomChange = z.infer<typeof roomChangeSchema>;

export type RoomSettings = Required<RoomChange> & {
  /** Set while the line runs out; `drainedAt` when nobody is in it or inside any more. */
  drainingSince: string | null;
  drainedAt: string | null;
  order: RoomOrder;
  opensAt: string;
  revision: number;
};

/** One line of a waiting room's log. */
export type LoggedChange = {
  id: string;
  at: string;
  /** Null: nobody's doing, or the command line's. */
  userId: string | null;
  kind: RoomChangeKind;
  before: Record<string, unknown>;
  after: Record<string, unknown>;
};

/** How much longer everyone who is inside may stay. */
export const extensionSchema = z.strictObject({ seconds: seconds(10, 3600) });

/** All extensions of one admission together. */
export const MOST_EXTENSION_SECONDS = 86_400;

/** A code that lets so many fans pass the line; the label says to the organisers who they are. */
export const newInvitationSchema = z.strictObject({
  label: words.max(100),
  usesLimit: z.int().min(1).max(100_000),
});
export type NewInvitation = z.infer<typeof newInvitationSchema>;

/** A code as a fan typed it, with or without separators. */
export const invitationCodeSchema = z.strictObject({ code: z.string().min(1).max(40) });

export type Invitation = NewInvitation & {
  id: string;
  code: string;
  uses: number;
  createdAt: string;
  revokedAt: string | null;
};

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

/** What happened in a room in the `seconds` from `at` on; the three gauges are null where nobody looked. */
export type HistoryPoint = {
  at: string;
  seconds: number;
  joined: number;
  admitted: number;
  /** Left the line before their turn. */
  departed: number;
  invited: number;
  /** Turns that ended by time. */
  expired: number;
  waiting: number | null;
  inside: number | null;
  seatsLeft: number | null;
  waitSecondsP50: number | null;
  waitSecondsP90: number | null;
};

/** A room as it is, with the rates of the last five minutes. */
export type RoomOutlook = {
  waiting: number;
  inside: number;
  joinedPerMinute: number;
  admittedPerMinute: number;
  departedPerMinute: number;
  /** Null when the line does not get shorter. */
  emptyInSeconds: number | null;
};

export type RoomHistory = { from: string; to: string; stepSeconds: number; items: HistoryPoint[]; now: RoomOutlook };
