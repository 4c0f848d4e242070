import { sql } from "drizzle-orm";
import {
  bigint,
  check,
  doublePrecision,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { QUEUE_STATUSES, ROOM_CHANGES, ROOM_MODES, ROOM_ORDERS } from "../constants";
import { concerts } from "./catalog";
import { instant } from "./columns";

const count = () => bigint({ mode: "number" }).notNull().default(0);

/**
 * One row per concert: its waiting room's settings and counters. Whoever gives or takes a place in the line locks
 * this row first, so numbers follow commit order.
 */
export const queues = pgTable(
  "queues",
  {
    concertId: uuid()
      .primaryKey()
      .references(() => concerts.id),
    mode: text({ enum: ROOM_MODES }).notNull(),
    order: text({ enum: ROOM_ORDERS }).notNull(),
    /** How many may be admitted at one time. */
    activeLimit: integer().notNull(),
    admissionsPerMinute: integer().notNull(),
    /** How long an admission lasts once it was claimed, from admission on. */
    sessionSeconds: integer().notNull(),
    /** How long an admitted fan may take to make the first gated call. */
    claimSeconds: integer().notNull(),
    opensAt: instant().notNull(),
    closesAt: instant(),
    /** The last number given. */
    lastNumber: count(),
    /** Nobody at or before this number is waiting. */
    servedThrough: count(),
    /** How many left the line before their turn; also the last `seq` of `queue_departures`. */
    departures: count(),
    /** Admissions that the rate allows right now, not yet used; at most one second's worth (or one). */
    credit: doublePrecision().notNull().default(0),
    creditAt: instant().notNull().defaultNow(),
    /** The draw's secret (hex); its SHA-256 is public from the start, itself only after the draw. */
    drawSeed: text().notNull(),
    /** Since when newcomers no longer enter the lobby, but follow it; the draw is under way until `drawnAt`. */
    lobbyClosedAt: instant(),
    drawnAt: instant(),
    /** Raised with every change of the settings. */
    revision: integer().notNull().default(1),
    /** The organiser's words to everyone in line. */
    message: jsonb().$type<{ ko: string; en: string }>(),
    /** Set while the line runs out: nobody joins, whoever is in it still gets a turn. */
    drainingSince: instant(),
    /** When a drained line was empty and the last fan had gone. */
    drainedAt: instant(),
    // Totals since the room was made, counted under the room's lock, so that an organiser's numbers read no entries.
    /** Turns that came up in the line. */
    admissions: count(),
    /** Turns by invitation; each of them also departed from the line. */
    invited: count(),
    /** How many are in the lobby now; 0 from its closing on, when they count as waiting. */
    lobby: count(),
    leftLobby: count(),
    /** Fans who gave up their turn while it lasted. */
    leftInside: count(),
    /** Turns that ended by time. */
    expired: count(),
    /** Entries that were cleared away after the end; what they stood for is in these totals. */
    folded: count(),
    /** How many queue tokens were replaced before their turn; also the last `seq` of `queue_revocations`. */
    revocations: count(),
    /** Above so many joins in a second, whoever joins has to show proof of work; null: never. */
    challengeAbove: integer(),
    /** Zero bits that a proof of work needs: each doubles the work. */
    challengeBits: integer().notNull().default(16),
    /** The second in which somebody last joined, and how many did; counted only where `challengeAbove` is set. */
    joinSecond: instant(),
    joinsInSecond: integer().notNull().default(0),
    /** Until when proof of work is asked for, once too many joined in a second. */
    challengedUntil: instant(),
  },
  (t) => [
    check("queues_numbers_check", sql`${t.servedThrough} <= ${t.lastNumber}`),
    check("queues_limits_check", sql`${t.activeLimit} >= 0 and ${t.admissionsPerMinute} >= 0`),
    check("queues_challenge_check", sql`${t.challengeBits} between 1 and 20 and ${t.challengeAbove} >= 0`),
  ],
);

/**
 * One fan's place. At most one live entry per fan and concert. Without a foreign key: whoever adds one holds the room's
 * row, and checking that once more for each entry is a quarter of what a join costs PostgreSQL (decision 020).
 */
export const queueEntries = pgTable(
  "queue_entries",
  {
    concertId: uuid().notNull(),
    id: uuid().notNull(),
    userId: uuid().notNull(),
    /** The place given on entering (after a draw: by the draw); never changes. Null in the lobby. */
    number: bigint({ mode: "number" }),
    status: text({ enum: QUEUE_STATUSES }).notNull(),
    enteredAt: instant().notNull().defaultNow(),
    admittedAt: instant(),
    /** When the admission ends: the claim's limit at first, the session's from the first gated call on. */
    admittedUntil: instant(),
    claimedAt: instant(),
    endedAt: instant(),
    /** Raised with every hold, so that two holds of one fan at the same moment cannot both pass the seat limit. */
    holds: integer().notNull().default(0),
    /** Seconds that organisers added to this admission. */
    extensionSeconds: integer().notNull().default(0),
    /** The invitation that let its fan pass the line. */
    invitationId: uuid(),
    /** Queue tokens of an earlier generation are refused; see `queue_revocations`. */
    tokenGeneration: integer().notNull().default(0),
    /** How often this fan let others go first. */
    deferrals: integer().notNull().default(0),
    /** While letting others go first: the number of the last of them. Means something only while waiting. */
    deferredTo: bigint({ mode: "number" }),
  },
  (t) => [
    primaryKey({ columns: [t.concertId, t.id] }),
    uniqueIndex("queue_entries_live_key")
      .on(t.concertId, t.userId)
      .where(sql`${t.status} in ('lobby', 'waiting', 'admitted')`),
    // The ticker takes the lowest waiting numbers from here, too: it begins after the number served through.
    uniqueIndex("queue_entries_number_key").on(t.concertId, t.number),
    // Read on every tick; holds at most `activeLimit` rows. Without the end of the admission, which claims and holds move:
    // as no index has it, those updates stay on their page.
    index("queue_entries_inside_idx").on(t.concertId).where(sql`${t.status} = 'admitted'`),
    // Those who passed the line take nobody's place: they are taken off the count above.
    index("queue_entries_invited_idx")
      .on(t.concertId)
      .where(sql`${t.status} = 'admitted' and ${t.invitationId} is not null`),
    // Few at any time: those who let others go first.
    index("queue_entries_deferred_idx")
      .on(t.concertId, t.deferredTo, t.number)
      .where(sql`${t.status} = 'waiting' and ${t.deferredTo} is not null`),
    check(
      "queue_entries_number_check",
      sql`(${t.number} is null) = (${t.status} = 'lobby') or (${t.number} is null and ${t.status} in ('left', 'expired'))`,
    ),
    check(
      "queue_entries_admitted_check",
      sql`${t.status} <> 'admitted' or (${t.admittedAt} is not null and ${t.admittedUntil} is not null)`,
    ),
  ],
);

/**
 * The draw of one concert's lobby, made when the lobby closes. A row of its own, so that whoever draws can hold it
 * for long without holding the room.
 */
export const queueDraws = pgTable(
  "queue_draws",
  {
    concertId: uuid()
      .primaryKey()
      .references(() => queues.concertId),
    /** The drawn numbers follow this one. */
    afterNumber: bigint({ mode: "number" }).notNull(),
    /** How many numbers are kept for the lobby; newcomers get the ones behind. */
    reserved: bigint({ mode: "number" }).notNull(),
    /** How many were drawn: those reserved without those who left in between. Null until the places are fixed. */
    places: bigint({ mode: "number" }),
    /** SHA-256 (hex) of the sorted list of those who were drawn; it decides the order together with the seed. */
    digest: text(),
    /** The last entry, by id, that has its number; null while none has. */
    numberedThrough: uuid(),
  },
  (t) => [check("queue_draws_places_check", sql`${t.places} <= ${t.reserved}`)],
);

/**
 * Who drew which number: published (as hashes), never changed. Without a foreign key, whose check would lock the
 * room's row for as long as a million places take.
 */
export const queueDrawPlaces = pgTable(
  "queue_draw_places",
  {
    concertId: uuid().notNull(),
    number: bigint({ mode: "number" }).notNull(),
    entryId: uuid().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.concertId, t.number] }),
    // Nobody draws twice; and the numbers reach the entries in the order in which those lie on the disk.
    uniqueIndex("queue_draw_places_entry_key").on(t.concertId, t.entryId),
  ],
);

/** Numbers that left the line before their turn, in the order in which they left. No foreign key, as for the entries. */
export const queueDepartures = pgTable(
  "queue_departures",
  {
    concertId: uuid().notNull(),
    seq: bigint({ mode: "number" }).notNull(),
    number: bigint({ mode: "number" }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.concertId, t.seq] })],
);

/** Numbers in line whose tokens were replaced, in order, so that every process can refuse the old ones from memory. */
export const queueRevocations = pgTable(
  "queue_revocations",
  {
    concertId: uuid().notNull(),
    seq: bigint({ mode: "number" }).notNull(),
    number: bigint({ mode: "number" }).notNull(),
    /** The first generation that is good. */
    generation: integer().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.concertId, t.seq] }),
    foreignKey({ columns: [t.concertId], foreignColumns: [queues.concertId] }),
  ],
);

/** How often an account or an address tried something at a line's door in its current window; rows over may go. */
export const queueAttempts = pgTable(
  "queue_attempts",
  {
    concertId: uuid().notNull(),
    key: text().notNull(),
    endsAt: instant().notNull(),
    count: integer().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.concertId, t.key] }),
    foreignKey({ columns: [t.concertId], foreignColumns: [queues.concertId] }),
    // For clearing away.
    index("queue_attempts_ends_idx").on(t.concertId, t.endsAt),
  ],
);

/**
 * What happened in each ten seconds, counted as it happens, so that rates cost nothing to read. Older rows are folded
 * into longer ones.
 */
export const queueHistory = pgTable(
  "queue_history",
  {
    concertId: uuid().notNull(),
    /** The start of the time that the row covers. */
    at: instant().notNull(),
    /** How long that is. */
    seconds: integer().notNull().default(10),
    joined: integer().notNull().default(0),
    admitted: integer().notNull().default(0),
    /** Left the line before their turn. */
    departed: integer().notNull().default(0),
    /** Admitted by invitation. */
    invited: integer().notNull().default(0),
    /** Turns that ended by time. */
    expired: integer().notNull().default(0),
    /** Of those admitted from the line, how many waited how long, by `WAIT_BOUNDS`. */
    waits: integer().array(),
    /** Read once in that time; null where nobody looked. */
    waiting: integer(),
    inside: integer(),
    seatsLeft: integer(),
    /** How often somebody let others go first. */
    deferred: integer().notNull().default(0),
  },
  (t) => [
    primaryKey({ columns: [t.concertId, t.at] }),
    foreignKey({ columns: [t.concertId], foreignColumns: [queues.concertId] }),
    // What may still be folded into longer rows.
    index("queue_history_fine_idx").on(t.concertId, t.at).where(sql`${t.seconds} < 600`),
  ],
);

/** Codes that pass the line, made by organisers. */
export const queueInvitations = pgTable(
  "queue_invitations",
  {
    concertId: uuid()
      .notNull()
      .references(() => queues.concertId),
    id: uuid().notNull(),
    /** Upper case, without separators. */
    code: text().notNull(),
    label: text().notNull(),
    usesLimit: integer().notNull(),
    uses: integer().notNull().default(0),
    createdBy: uuid().notNull(),
    createdAt: instant().notNull().defaultNow(),
    revokedAt: instant(),
  },
  (t) => [
    primaryKey({ columns: [t.concertId, t.id] }),
    uniqueIndex("queue_invitations_code_key").on(t.concertId, t.code),
    check("queue_invitations_uses_check", sql`${t.uses} between 0 and ${t.usesLimit}`),
  ],
);

/** Who passed the line by which invitation; kept when the entry itself is cleared away. */
export const queueInvitationUses = pgTable(
  "queue_invitation_uses",
  {
    concertId: uuid().notNull(),
    invitationId: uuid().notNull(),
    entryId: uuid().notNull(),
    userId: uuid().notNull(),
    usedAt: instant().notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.concertId, t.invitationId, t.entryId] }),
    foreignKey({
      name: "queue_invitation_uses_invitation_fk",
      columns: [t.concertId, t.invitationId],
      foreignColumns: [queueInvitations.concertId, queueInvitations.id],
    }),
  ],
);

/** Every change of a waiting room: who, when, and what it was before and after. Rows are never changed. */
export const queueChanges = pgTable(
  "queue_changes",
  {
    concertId: uuid()
      .notNull()
      .references(() => queues.concertId),
    id: uuid().notNull(),
    at: instant().notNull().defaultNow(),
    /** Null: nobody's doing, or the command line's. */
    userId: uuid(),
    kind: text({ enum: ROOM_CHANGES }).notNull(),
    before: jsonb().$type<Record<string, unknown>>().notNull(),
    after: jsonb().$type<Record<string, unknown>>().notNull(),
  },
  (t) => [primaryKey({ columns: [t.concertId, t.id] })],
);
