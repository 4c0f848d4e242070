import type { IncomingMessage, ServerResponse } from "node:http";
import { getDb } from "@/db/client";
import { JSON_TYPE, PERSONAL, PUBLIC_FOR_A_SECOND, SECURITY_HEADERS } from "./headers";
import { claimsFor, pollBytes, pollBytesNow, pulseBytes, pulseBytesNow } from "./poll";
import { refusalOf, refusalReply } from "./refusal";
import { flat, writeReply } from "./reply";
import { nextRequestId } from "./request-id";

const BEFORE_ID = "/api/concerts/";
const ID_END = BEFORE_ID.length + 36;
const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

const POLL_HEADERS = flat({ ...SECURITY_HEADERS, "Content-Type": JSON_TYPE, "Cache-Control": PERSONAL });
const PULSE_HEADERS = flat({ ...SECURITY_HEADERS, "Content-Type": JSON_TYPE, "Cache-Control": PUBLIC_FOR_A_SECOND });

/**
 * Answers the two calls that are made most, the queue's poll and its pulse, before Hono and with the same words and
 * headers: from memory to the socket. Returns false, having done nothing, for any other request, and for one of these
 * that is out of the ordinary (a body, a query, an odd spelling).
 */
export function answerFast(req: IncomingMessage, res: ServerResponse): boolean {
  const { url = "", method, headers } = req;
  if (method !== "GET" || !url.startsWith(BEFORE_ID)) return false;
  const call = url.slice(ID_END);
  if (call !== "/queue" && call !== "/queue/pulse") return false;
  const concertId = url.slice(BEFORE_ID.length, ID_END);
  if (!ID.test(concertId) || headers["content-length"] !== undefined || headers["transfer-encoding"] !== undefined) {
    return false;
  }
  try {
    if (call === "/queue/pulse") answerPulse(res, concertId);
    else answerPoll(res, concertId, headers["queue-token"] as string | undefined);
  } catch (error) {
    refuse(res, error, call);
  }
  return true;
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
  if (typeof bytes === "string") write(res, headers, bytes);
  else
    bytes.then(
      (late) => write(res, headers, late),
      (error: unknown) => refuse(res, error, call),
    );
}

function write(res: ServerResponse, headers: string[], bytes: string): void {
  if (res.destroyed) return;
  // Both bodies are ASCII, so their length is that of the text.
  res.writeHead(200, [...headers, "Content-Length", String(bytes.length), "Request-Id", nextRequestId()]);
  const head = res as unknown as { _header: unknown };
  // Node sends a head and its body as two buffers in one vector, which costs a fifth of such an answer (49 µs against
  // 41); put behind the head, the body goes out with it as one.
  if (typeof head._header === "string" && !res.headersSent && res.req.method === "GET") {
    head._header += bytes;
    res.end();
  } else res.end(bytes, "latin1");
}

function refuse(res: ServerResponse, error: unknown, call: string): void {
  const requestId = nextRequestId();
  const refusal = refusalOf(error, { requestId, method: "GET", path: `/concerts/{concertId}${call}` });
  writeReply(res, refusalReply(refusal, requestId));
}
