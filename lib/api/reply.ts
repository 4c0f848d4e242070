import type { ServerResponse } from "node:http";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import type { Context } from "hono";

/** An answer in its last form. */
export type Reply = {
  status: number;
  headers: Record<string, string>;
  bytes: string | Uint8Array<ArrayBuffer> | null;
};

/** Writes a reply straight to Node. Twice as fast as a `Response`, which is taken apart again on the way out. */
export function writeReply(outgoing: ServerResponse, { status, headers, bytes }: Reply): void {
  if (outgoing.headersSent || outgoing.destroyed) return;
  if (bytes !== null) headers["Content-Length"] = String(Buffer.byteLength(bytes));
  outgoing.writeHead(status, headers);
  outgoing.end(bytes ?? undefined);
}

/** Sends a reply by whatever host the app is mounted in: Node's own, or one that takes a `Response` (Next, tests). */
export function sendReply(c: Context, reply: Reply): Response {
  const outgoing = (c.env as { outgoing?: ServerResponse } | undefined)?.outgoing;
  if (!outgoing) return new Response(reply.bytes, { status: reply.status, headers: reply.headers });
  writeReply(outgoing, reply);
  return RESPONSE_ALREADY_SENT;
}
