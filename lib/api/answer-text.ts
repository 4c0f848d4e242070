import { STATUS_CODES } from "node:http";
import { KEEP_ALIVE_SECONDS } from "@/lib/web/http-server";
import { PERSONAL_JSON } from "./headers";
import type { Reply } from "./reply";

const HEADERS = Object.entries(PERSONAL_JSON)
  .map(([name, value]) => `${name}: ${value}\r\n`)
  .join("");

let second = 0;
/** What Node adds to every answer; the date once a second. */
let common = "";

function commonHeaders(): string {
  const now = Math.floor(Date.now() / 1000);
  if (now !== second) {
    second = now;
    const date = new Date(now * 1000).toUTCString();
    common = `Date: ${date}\r\nConnection: keep-alive\r\nKeep-Alive: timeout=${KEEP_ALIVE_SECONDS}\r\n`;
  }
  return common;
}

const startOf = (status: number): string => `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n`;
const OK = `${startOf(200)}${HEADERS}Content-Length: `;
const CREATED = `${startOf(201)}${HEADERS}Content-Length: `;

/** A JSON answer about somebody, head and body, as Node would write it; the body in ASCII. */
export const answerText = (status: 200 | 201, body: string, requestId: string): string =>
  `${status === 200 ? OK : CREATED}${body.length}\r\n${commonHeaders()}Request-Id: ${requestId}\r\n\r\n${body}`;

/** Any other reply in the same way, a character for each byte. */
export function replyText({ status, headers, bytes }: Reply): string {
  const body = Buffer.from(bytes ?? "").toString("latin1");
  let head = startOf(status);
  for (let at = 0; at < headers.length; at += 2) head += `${headers[at]}: ${headers[at + 1]}\r\n`;
  return `${head}Content-Length: ${body.length}\r\n${commonHeaders()}\r\n${body}`;
}
