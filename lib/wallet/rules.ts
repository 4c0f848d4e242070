/** What one wallet may hold at most through top-ups, in minor units. A refund is owed and is never refused for it. */
export const BALANCE_LIMIT = 100_000_000;

/** What one top-up may add, in minor units. */
export const TOP_UP_MIN = 1;
export const TOP_UP_MAX = 10_000_000;
