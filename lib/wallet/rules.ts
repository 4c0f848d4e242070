/** What one wallet may hold at most through top-ups, in minor units. A refund is owed and is never refused for it. */
export const BALANCE_LIMIT = 100_000_000;

/** What one top-up may add, in minor units. */
export const TOP_UP_MIN = 1;
export const TOP_UP_MAX = 10_000_000;

/** What one fan may add in a day, in minor units, where the environment says nothing else: two full wallets. */
export const DAILY_TOP_UP_LIMIT = 200_000_000;

/** Whose days the daily limit and statements count by. */
export const WALLET_TIME_ZONE = "Asia/Seoul";

/** What one adjustment by hand may add or take, in minor units. */
export const ADJUSTMENT_MAX = 10_000_000;

/** The most movements and the most days that one statement lists. */
export const STATEMENT_LINES = 10_000;
export const STATEMENT_DAYS = 366;

const DAY_MS = 86_400_000;

/** Whether two days (as 2027-01-31) make a statement: in order, and not further apart than one may list. */
export const isStatementSpan = ({ from, to }: { from: string; to: string }): boolean =>
  from <= to && Date.parse(to) - Date.parse(from) < STATEMENT_DAYS * DAY_MS;
