import type { Context } from "hono";
import { AppError, invalidRequest } from "@/lib/core/errors";
import { readStrictJson } from "./strict-json";

const KIB = 1024;

/** The limit of a body, in bytes, unless a call says otherwise. */
export const BODY_LIMIT = 256 * KIB;

/** What `@hono/node-server` puts into the context; absent under Next and in tests. */
type NodeEnv = { incoming?: object };

const tooLarge = (limit: number): AppError =>
  new AppError("too_large", `The body is larger than ${limit / KIB} KiB.`, { limit });

/** What the headers say of the body's length in bytes; null where they do not tell (chunked). */
function announcedLength(c: Context): number | null {
  const length = c.req.header("content-length");
  if (length !== undefined) return Number(length);
  if (c.req.header("transfer-encoding") !== undefined) return null;
  // Straight from Node, no header means no body; elsewhere the stream has to be asked.
  return (c.env as NodeEnv | undefined)?.incoming ? 0 : null;
}

/** Refuses a body of a call that is described without one. */
export async function refuseBody(c: Context): Promise<void> {
  const length = announcedLength(c);
  if (length === 0) return;
  // The fetch standard gives GET no body, so a chunked one shows in its header alone.
  const chunkedGet = c.req.method === "GET" && c.req.header("transfer-encoding") !== undefined;
  if (length !== null || chunkedGet || (await hasBytes(c.req.raw.body))) {
    throw invalidRequest([{ path: "", message: "must be empty" }], "This call takes no body.");
  }
}

async function hasBytes(body: ReadableStream<Uint8Array> | null): Promise<boolean> {
  if (!body) return false;
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return false;
      if (value.byteLength > 0) return true;
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

const JSON_BODY = /^application\/json\s*(;\s*charset\s*=\s*"?utf-8"?\s*)?$/i;

/** The JSON value of a body of at most `limit` bytes; 415, 413 or 400 for anything else. */
export async function readJsonBody(c: Context, limit: number): Promise<unknown> {
  const type = c.req.header("content-type");
  const encoding = c.req.header("content-encoding") ?? "identity";
  if (type === undefined || !JSON_BODY.test(type.trim()) || encoding.toLowerCase() !== "identity") {
    throw new AppError("unsupported_media_type", "The body must be application/json in UTF-8, not compressed.");
  }
  const bytes = await readBytes(c, limit);
  if (bytes.byteLength === 0) {
    throw invalidRequest([{ path: "", message: "is missing" }], "This call needs a JSON body.");
  }
  return readStrictJson(bytes);
}

/** A body of at most `limit` bytes, as it came over the wire. */
export async function readBytes(c: Context, limit: number): Promise<Uint8Array> {
  const length = announcedLength(c);
  if (length !== null && length > limit) throw tooLarge(limit);
  // Node itself holds a sender to the length that was announced.
  if (length !== null) return new Uint8Array(await c.req.raw.arrayBuffer());
  const { body } = c.req.raw;
  if (!body) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return Buffer.concat(chunks, size);
    size += value.byteLength;
    if (size > limit) {
      reader.cancel().catch(() => {});
      throw tooLarge(limit);
    }
    chunks.push(value);
  }
}
