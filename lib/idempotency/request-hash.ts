import { createHash } from "node:crypto";

/** The same JSON value always as the same text: an object's keys in order, nothing between. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value !== null && typeof value === "object") {
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join(",")}}`;
  }
  return JSON.stringify(value) ?? "";
}

/** SHA-256 (hex) over what makes a request this one: method, path and body (as a JSON value, whatever its spacing). */
export function hashRequest(request: { method: string; path: string; body: unknown }): string {
  return createHash("sha256")
    .update(`${request.method}\n${request.path}\n${canonical(request.body)}`)
    .digest("hex");
}
