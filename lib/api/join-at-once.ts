import type { Socket } from "node:net";
import type { Reply } from "@/lib/web/whole-requests";
import { answerText, replyText } from "./answer-text";
import { join, type OneOfEach } from "./fast-join";
import { loadWatch } from "./overload";
import { PLAIN_HOST, PLAIN_ID } from "./plain";

const START = "POST /api/concerts/";
const ID_END = START.length + 36;
const CALL = "/queue HTTP/1.1\r\n";

/** All headers of a request that ends with them. */
const PLAIN_HEADERS = /(?:[\w-]+:[\t -~\x80-\xff]*\r\n)+\r\n$/y;

const TAB = "\t".charCodeAt(0);
const SPACE = " ".charCodeAt(0);

/** What stands there without HTTP's own spaces around it; JavaScript's `trim` takes more for spaces than Node's parser does. */
function trimmed(text: string, from: number, to: number): string {
  const isSpace = (at: number) => text.charCodeAt(at) === SPACE || text.charCodeAt(at) === TAB;
  let start = from;
  let end = to;
  while (start < end && isSpace(start)) start += 1;
  while (end > start && isSpace(end - 1)) end -= 1;
  return text.slice(start, end);
}

/** The headers that a join or its answer depends on, none of them given; any other may say what it likes. */
const none = () => ({
  host: undefined,
  authorization: undefined,
  cookie: undefined,
  origin: undefined,
  "x-forwarded-for": undefined,
  "x-forwarded-host": undefined,
  "x-forwarded-proto": undefined,
  "proof-of-work": undefined,
  connection: undefined,
  "content-length": undefined,
  "transfer-encoding": undefined,
  expect: undefined,
  upgrade: undefined,
});
const MATTERS: ReadonlySet<string> = new Set(Object.keys(none()));

/** The headers from `at` on; null where one of them is not plain, is given twice or says how to read the request. */
function headersFrom(request: string, at: number): OneOfEach | null {
  PLAIN_HEADERS.lastIndex = at;
  if (!PLAIN_HEADERS.test(request)) return null;
  const headers: OneOfEach = none();
  const end = request.length - 2;
  for (let start = at; start < end; ) {
    const colon = request.indexOf(":", start);
    const next = request.indexOf("\r\n", colon);
    const name = request.slice(start, colon).toLowerCase();
    if (MATTERS.has(name)) {
      if (headers[name] !== undefined) return null;
      headers[name] = trimmed(request, colon + 1, next);
    }
    start = next + 2;
  }
  const { host, connection = "keep-alive", "content-length": length = "0" } = headers;
  if (host === undefined || !PLAIN_HOST.test(host) || length !== "0") return null;
  if (connection.toLowerCase() !== "keep-alive") return null;
  const { "transfer-encoding": encoding, expect, upgrade } = headers;
  return encoding === undefined && expect === undefined && upgrade === undefined ? headers : null;
}

/** Takes a join with nothing out of the ordinary; returns false, having done nothing, for any other request. */
export function answerJoinAtOnce(request: string, reply: Reply, socket: Pick<Socket, "remoteAddress">): boolean {
  if (!request.startsWith(START) || !request.startsWith(CALL, ID_END)) return false;
  const concertId = request.slice(START.length, ID_END);
  const headers = PLAIN_ID.test(concertId) && !loadWatch().isOverloaded && headersFrom(request, ID_END + CALL.length);
  if (!headers) return false;
  void join(
    { concertId, headers, remoteAddress: socket.remoteAddress },
    {
      send: (status, bytes, requestId) => reply(answerText(status, bytes, requestId)),
      refuse: (refusal) => reply(replyText(refusal)),
    },
  );
  return true;
}
