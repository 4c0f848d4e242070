type Request = {
  method: "GET" | "POST";
  path: string;
  bearer?: string;
  queueToken?: string;
  /** Sent as JSON. */
  body?: unknown;
};

/** A request as it goes over the wire. */
export function requestText({ method, path, bearer, queueToken, body }: Request): string {
  const json = body === undefined ? "" : JSON.stringify(body);
  let head = `${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n`;
  if (bearer) head += `Authorization: Bearer ${bearer}\r\n`;
  if (queueToken) head += `Queue-Token: ${queueToken}\r\n`;
  if (body !== undefined) head += "Content-Type: application/json\r\n";
  if (method === "POST") head += `Content-Length: ${json.length}\r\n`;
  return `${head}\r\n${json}`;
}
