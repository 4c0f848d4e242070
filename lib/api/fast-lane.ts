import type { IncomingMessage, ServerResponse } from "node:http";
import { getDb } from "@/db/client";
import { answerJoin } from "./fast-join";
import { JSON_TYPE, PERSONAL_JSON, PUBLIC_FOR_A_SECOND, SECURITY_HEADERS } from "./headers";
import { PLAIN_ID } from "./plain";
import { claimsFor, pollBytes, pollBytesNow, pulseBytes, pulseBytesNow } from "./poll";
import { refusalOf, refusalReply } from "./refusal";
import { flat, writeReply } from "./reply";
import { nextRequestId } from "./request-id";
import { writeAscii } from "./write-ascii";

const BEFORE_ID = "/api/concerts/";
const ID_END = BEFORE_ID.length + 36;

const POLL_HEADERS = flat(PERSONAL_JSON);
const PULSE_HEADERS = flat({ ...SECURITY_HEADERS, "Content-Type": JSON_TYPE, "Cache-Control": PUBLIC_FOR_A_SECOND });

/**
 * Answers the calls that are made most, before Hono and with the same words and headers: the queue's poll and its pulse
 * from memory to the socket, and the join. Returns false, having done nothing, for any other request, and for one of these
 * that is out of the ordinary (a body, a query, an odd spelling).
 */
export function answerFast(req: IncomingMessage, res: ServerResponse): boolean {
  const { url = "", method } = req;
  if ((method !== "GET" && method !== "POST") || !url.startsWith(BEFORE_ID)) return false;
  const call = url.slice(ID_END);
  if (call !== "/queue" && call !== "/queue/pulse") return false;
  const concertId = url.slice(BEFORE_ID.length, ID_END);
  if (!PLAIN_ID.test(concertId)) return false;
  if (method === "POST") return call === "/queue" && answerJoin(req, res, concertId);
  const token = tokenOf(req.rawHeaders);
  if (token === null) return false;
  try {
    if (call === "/queue/pulse") answerPulse(res, concertId);
    else answerPoll(res, concertId, token);
  } catch (error) {
    refuse(res, error, call);
  }
  return true;
}

/**
 * The queue token of a request as it came in; null where a body comes along, or where more than one token does, which Node
 * puts together. Node's own view of all headers is made only when somebody asks for it.
 */
function tokenOf(rawHeaders: readonly string[]): string | undefined | null {
  let token: string | undefined;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] as string;
    if (name.length === 11 && name.toLowerCase() === "queue-token") {
      if (token !== undefined) return null;
      token = rawHeaders[at + 1];
    } else if (name.length === 14 && name.toLowerCase() === "content-length") return null;
    else if (name.length === 17 && name.toLowerCase() === "transfer-encoding") return null;
  }
  return token;
}

function answerPoll(res: ServerResponse, concertId: string, token: string | undefined): void {
  const db = getDb();
  const now = token === undefined ? null : pollBytesNow(db, concertId, token);
  send(res, "/queue", POLL_HEADERS, now ?? pollBytes(db, claimsFor(token, concertId)));
}

function answerPulse(res: ServerResponse, concertId: string): void {
  const db = getDb();
  send(res, "/queue/pulse", PULSE_HEADERS, pulseBytesNow(db, concertId) ?? pulseBytes(db, concertId));
}

function send(res: ServerResponse, call: string, headers: string[], bytes: string | Promise<string>): void {
  if (typeof bytes === "string") writeAscii(res, 200, headers, bytes, nextRequestId());
  else
    bytes.then(
      (late) => writeAscii(res, 200, headers, late, nextRequestId()),
      (error: unknown) => refuse(res, error, call),
    );
}

function refuse(res: ServerResponse, error: unknown, call: string): void {
  const requestId = nextRequestId();
  const refusal = refusalOf(error, { requestId, method: "GET", path: `/concerts/{concertId}${call}` });
  writeReply(res, refusalReply(refusal, requestId));
}
