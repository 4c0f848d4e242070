import { getDb } from "@/db/client";
import { KEEP_ALIVE_SECONDS } from "@/lib/web/http-server";
import { PERSONAL_JSON } from "./headers";
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

const HEADERS = Object.entries(PERSONAL_JSON)
  .map(([name, value]) => `${name}: ${value}\r\n`)
  .join("");
const HEAD = `HTTP/1.1 200 OK\r\n${HEADERS}Content-Length: `;

let second = 0;
/** What follows the length: as Node adds it, the date once a second. */
let middle = "";

function afterLength(): string {
  const now = Math.floor(Date.now() / 1000);
  if (now !== second) {
    second = now;
    const date = new Date(now * 1000).toUTCString();
    middle = `\r\nDate: ${date}\r\nConnection: keep-alive\r\nKeep-Alive: timeout=${KEEP_ALIVE_SECONDS}\r\nRequest-Id: `;
  }
  return middle;
}

/**
 * The whole answer to a poll with nothing out of the ordinary, of whoever waits in a line that this process knows; null for
 * any other request.
 */
export function answerPollAtOnce(request: string): string | null {
  if (!request.startsWith(START) || !request.startsWith(CALL, ID_END)) return null;
  PLAIN_POLL.lastIndex = ID_END + CALL.length;
  const token = PLAIN_POLL.exec(request)?.[1];
  if (token === undefined || loadWatch().isOverloaded) return null;
  const body = pollBytesNow(getDb(), request.slice(START.length, ID_END), token);
  if (body === null) return null;
  return `${HEAD}${body.length}${afterLength()}${nextRequestId()}\r\n\r\n${body}`;
}
