/** Words kept in the database, in a file without Drizzle, so that schemas and the browser may read them. */

/** Someone in the lobby waits for a drawn sale to open; `waiting` has a number; `admitted` may shop; the rest is over. */
export const QUEUE_STATUSES = ["lobby", "waiting", "admitted", "completed", "left", "expired"] as const;
export type QueueStatus = (typeof QUEUE_STATUSES)[number];

/** `on`: admit by the limits · `off`: admit at once · `paused`: nobody moves · `closed`: nobody joins. */
export const ROOM_MODES = ["on", "off", "paused", "closed"] as const;
export type RoomMode = (typeof ROOM_MODES)[number];

/** `fifo`: as they come · `draw`: those who come before the sale opens are drawn at random, then as they come. */
export const ROOM_ORDERS = ["fifo", "draw"] as const;
export type RoomOrder = (typeof ROOM_ORDERS)[number];

/** What can be done to a waiting room; each is a line in its log. `drained`: the room itself, when its line had run out. */
export const ROOM_CHANGES = [
  "settings",
  "message",
  "extension",
  "drain",
  "drained",
  "invitation",
  "invitation_revoked",
  "import",
] as const;
export type RoomChangeKind = (typeof ROOM_CHANGES)[number];

/** `held` ends at `expiresAt`, also while the row still says so: readers derive `expired`. */
export const RESERVATION_STATUSES = ["held", "paid", "cancelled", "expired", "refunded"] as const;
export type ReservationStatus = (typeof RESERVATION_STATUSES)[number];

/** `waiting` for seats · `offered` some · `accepted`: paid · `declined` · `lapsed`: not paid in time · `left` · `closed` with the sale. */
export const WAITLIST_STATUSES = ["waiting", "offered", "accepted", "declined", "lapsed", "left", "closed"] as const;
export type WaitlistStatus = (typeof WAITLIST_STATUSES)[number];

export const TICKET_STATUSES = ["issued", "checked_in", "void"] as const;
export type TicketStatus = (typeof TICKET_STATUSES)[number];

/**
 * `wallet` is the fan's; the rest is the house's and keeps no stored balance. `receivable` is what fans owe for top-ups
 * that were taken back after they were spent, `adjustments` the other side of corrections by hand.
 */
export const LEDGER_ACCOUNTS = ["wallet", "cash", "revenue", "receivable", "adjustments"] as const;
export type LedgerAccount = (typeof LEDGER_ACCOUNTS)[number];

/** What a movement of money was, from the fan's side. */
export const LEDGER_KINDS = ["top_up", "payment", "refund", "reversal", "adjustment"] as const;
export type LedgerKind = (typeof LEDGER_KINDS)[number];

/** Where money for a wallet comes from: out of nothing, for demonstrations, or by card. */
export const PAYMENT_PROVIDERS = ["demo", "stripe"] as const;
export type ProviderName = (typeof PAYMENT_PROVIDERS)[number];

/** `credited` is for good, whatever is taken back later; the other ends give way to money that arrives after all. */
export const TOP_UP_STATUSES = ["pending", "credited", "failed", "expired"] as const;
export type TopUpStatus = (typeof TOP_UP_STATUSES)[number];

export const ROLES = ["fan", "organizer", "admin"] as const;
export type Role = (typeof ROLES)[number];
