type Request = {
  method: "GET" | "POST" | "PATCH";
  path: string;
  bearer?: string;
  queueToken?: string;
  idempotencyKey?: string;
  /** The `ETag` of an earlier answer. */
  etag?: string | undefined;
  /** Takes compressed answers, as browsers do. */
  gzip?: boolean;
  /** Sent as JSON; ASCII alone. */
  body?: unknown;
};

/** A request as it goes over the wire. */
export function requestText(request: Request): string {
  const { method, path, bearer, queueToken, idempotencyKey, etag, gzip, body } = request;
  const json = body === undefined ? "" : JSON.stringify(body);
  let head = `${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n`;
  if (bearer) head += `Authorization: Bearer ${bearer}\r\n`;
  if (queueToken) head += `Queue-Token: ${queueToken}\r\n`;
  if (idempotencyKey) head += `Idempotency-Key: ${idempotencyKey}\r\n`;
  if (etag) head += `If-None-Match: ${etag}\r\n`;
  if (gzip) head += "Accept-Encoding: gzip\r\n";
  if (body !== undefined) head += "Content-Type: application/json\r\n";
  if (method !== "GET") head += `Content-Length: ${json.length}\r\n`;
  return `${head}\r\n${json}`;
}
