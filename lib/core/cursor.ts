import { invalidRequest } from "./errors";
import { isId } from "./ids";

/** The place after which a list goes on: a row's time, to the microsecond as PostgreSQL keeps it, and its id. */
export type Cursor = { at: string; id: string };

const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z$/;

/** The opaque text that a caller gets for a place. */
export const writeCursor = ({ at, id }: Cursor): string => Buffer.from(`${at} ${id}`).toString("base64url");

/** The place that a caller's text stands for; throws `invalid_request` at `cursor` for any text that is not ours. */
export function readCursor(text: string): Cursor {
  const [at = "", id = "", ...rest] = Buffer.from(text, "base64url").toString("utf8").split(" ");
  if (rest.length > 0 || !TIME.test(at) || Number.isNaN(Date.parse(at)) || !isId(id)) {
    throw invalidRequest([{ path: "cursor", message: "must be a nextCursor from an earlier answer" }]);
  }
  return { at, id };
}
