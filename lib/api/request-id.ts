import { randomBytes } from "node:crypto";

// Unique across processes by the prefix and within one by the count; cheaper than a random id per poll.
const prefix = randomBytes(9).toString("base64url");
let count = 0;

/** An id for one request: sent as `Request-Id`, written into every log line about it. Never taken from outside. */
export function nextRequestId(): string {
  count += 1;
  return `${prefix}-${count.toString(36)}`;
}
