import type { ServerResponse } from "node:http";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import type { Context } from "hono";

/** An answer in its last form; headers as names and values in turn, which is how Node takes them fastest. */
export type Reply = {
  status: number;
  headers: string[];
  bytes: string | Uint8Array<ArrayBuffer> | null;
};

/** Headers as names and values in turn. */
export const flat = (headers: Record<string, string>): string[] => Object.entries(headers).flat();

/** Writes a reply straight to Node. Twice as fast as a `Response`, which is taken apart again on the way out. */
export function writeReply(outgoing: ServerResponse, { status, headers, bytes }: Reply): void {
  if (outgoing.headersSent || outgoing.destroyed) return;
  if (bytes !== null) headers.push("Content-Length", String(Buffer.byteLength(bytes)));
  outgoing.writeHead(status, headers);
  outgoing.end(bytes ?? undefined);
}

/** Sends a reply by whatever host the app is mounted in: Node's own, or one that takes a `Response` (Next, tests). */
export function sendReply(c: Context, reply: Reply): Response {
  const outgoing = (c.env as { outgoing?: ServerResponse } | undefined)?.outgoing;
  if (outgoing) {
    writeReply(outgoing, reply);
    return RESPONSE_ALREADY_SENT;
  }
  const headers = new Headers();
  for (let at = 0; at < reply.headers.length; at += 2) {
    headers.set(reply.headers[at] as string, reply.headers[at + 1] as string);
  }
  return new Response(reply.bytes, { status: reply.status, headers });
}
