import { getDb } from "@/db/client";
import type { Reply } from "@/lib/web/whole-requests";
import { answerText } from "./answer-text";
import { loadWatch } from "./overload";
import { pollBytesNow } from "./poll";
import { nextRequestId } from "./request-id";

const START = "GET /api/concerts/";
const ID_END = START.length + 36;
const CALL = "/queue HTTP/1.1\r\n";

/** Headers that say nothing about how this request is read or answered; a connection that is kept says so or nothing. */
const OTHERS =
  "(?:(?!queue-token:|content-length:|transfer-encoding:|expect:|upgrade:|connection:(?! *keep-alive\\r))[\\w-]+:[\\t -~\\x80-\\xff]*\\r\\n)*";
/** All headers of a poll with a host, one token and no body. */
const PLAIN_POLL = new RegExp(`(?=(?:[^]*\\n)?host:)${OTHERS}queue-token: ?([\\w-]{128})\\r\\n${OTHERS}\\r\\n$`, "iy");

/**
 * Answers a poll with nothing out of the ordinary, of whoever waits in a line that this process knows; returns false for any
 * other request.
 */
export function answerPollAtOnce(request: string, reply: Reply): boolean {
  if (!request.startsWith(START) || !request.startsWith(CALL, ID_END)) return false;
  PLAIN_POLL.lastIndex = ID_END + CALL.length;
  const token = PLAIN_POLL.exec(request)?.[1];
  if (token === undefined || loadWatch().isOverloaded) return false;
  const body = pollBytesNow(getDb(), request.slice(START.length, ID_END), token);
  if (body === null) return false;
  reply(answerText(200, body, nextRequestId()));
  return true;
}
