import { type AnyColumn, type SQL, sql } from "drizzle-orm";
import { readCursor, writeCursor } from "@/lib/core/cursor";

/** A time as text to the microsecond; a JavaScript `Date` would lose three digits, and a list rows with them. */
export const exactTime = (column: AnyColumn): SQL<string> =>
  sql<string>`to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

/** Newest first: the rows after a caller's cursor, or all without one. Throws `invalid_request` for a foreign cursor. */
export function after(cursor: string | undefined, at: AnyColumn, id: AnyColumn): SQL | undefined {
  if (cursor === undefined) return undefined;
  const place = readCursor(cursor);
  return sql`(${at}, ${id}) < (${place.at}::timestamptz, ${place.id}::uuid)`;
}

/** One page out of `limit + 1` rows read, and the cursor of the next page if there is one. */
export function toPage<Row extends { id: string; exactAt: string }>(
  rows: Row[],
  limit: number,
): { items: Omit<Row, "exactAt">[]; nextCursor: string | null } {
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  return {
    items: rows.slice(0, limit).map(({ exactAt: _, ...item }) => item),
    nextCursor: last ? writeCursor({ at: last.exactAt, id: last.id }) : null,
  };
}
