import { createHash } from "node:crypto";
import { DRAW_ID_LENGTH } from "./draw-rules";

/**
 * The name under which an entry stands in the published draw: the first 128 bits of its id's SHA-256, in hex. It names
 * nobody, and unlike the id it does not tell when the fan came.
 */
export const drawIdOf = (entryId: string): string =>
  createHash("sha256").update(entryId).digest("hex").slice(0, DRAW_ID_LENGTH);

/** The same of a column `id`, in SQL. */
export const DRAW_ID_SQL = `left(encode(sha256(convert_to(id::text, 'UTF8')), 'hex'), ${DRAW_ID_LENGTH})`;
