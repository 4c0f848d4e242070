import { bigint, timestamp } from "drizzle-orm/pg-core";

/** An instant; the session's time zone never matters. */
export const instant = () => timestamp({ withTimezone: true, mode: "date", precision: 6 });

/** Minor units of a currency, at most 2^53 − 1 (the contract's limit), so a JavaScript number holds it exactly. */
export const amount = () => bigint({ mode: "number" });
