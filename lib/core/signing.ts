import { createHmac, hash, timingSafeEqual } from "node:crypto";
import { readEnv } from "./env";
import { oncePerProcess } from "./registry";

/** What a signature is for. Each purpose has a key of its own, so a token made for one never passes for another. */
export type SigningPurpose = "challenge" | "queue" | "session" | "ticket" | "transfer";

const MAC_BYTES = 32;
/** How many bytes SHA-256 takes in at a time, which HMAC fills up a key to. */
const BLOCK_BYTES = 64;

/** What HMAC hashes before the payload, and before what comes of that; a place for the latter behind it. */
type Key = { inner: Buffer; outer: Buffer };

const expected = Buffer.alloc(MAC_BYTES);

const keys = () => oncePerProcess("signing.keys", () => new Map<SigningPurpose, Key>());

function keyFor(purpose: SigningPurpose): Key {
  const known = keys().get(purpose);
  if (known) return known;
  const secret = readEnv().authSecret;
  if (!secret) throw new Error("AUTH_SECRET is not set.");
  const bytes = createHmac("sha256", secret).update(`frontrow:${purpose}`).digest();
  const key = {
    inner: Buffer.alloc(BLOCK_BYTES, 0x36),
    outer: Buffer.alloc(BLOCK_BYTES + MAC_BYTES, 0x5c),
  };
  for (const [at, byte] of bytes.entries()) {
    key.inner[at] = byte ^ 0x36;
    key.outer[at] = byte ^ 0x5c;
  }
  keys().set(purpose, key);
  return key;
}

/**
 * The signature of what follows the inner block in `message`, a character for each byte: HMAC as RFC 2104 defines it, out of
 * the system's SHA-256. Node's own HMAC makes an object around one of OpenSSL's each time: 2 of its 3 µs, and work for the
 * garbage collector afterwards.
 */
function macOf(message: Buffer, { outer }: Key): string {
  outer.write(hash("sha256", message, "binary"), BLOCK_BYTES, "latin1");
  return hash("sha256", outer, "binary");
}

/** Packs bytes and their HMAC-SHA-256 into one base64url text. */
export function sign(purpose: SigningPurpose, payload: Buffer): string {
  const key = keyFor(purpose);
  const end = BLOCK_BYTES + payload.length;
  const room = Buffer.allocUnsafe(end + MAC_BYTES);
  key.inner.copy(room);
  payload.copy(room, BLOCK_BYTES);
  room.write(macOf(room.subarray(0, end), key), end, "latin1");
  return room.toString("base64url", BLOCK_BYTES);
}

/** The bytes of a signed text, or null if a single bit of it was changed or it was made for another purpose. */
export function unsign(purpose: SigningPurpose, text: string): Buffer | null {
  const end = BLOCK_BYTES + Math.floor((text.length * 3) / 4) - MAC_BYTES;
  if (end <= BLOCK_BYTES) return null;
  const room = Buffer.allocUnsafe(end + MAC_BYTES);
  room.write(text, BLOCK_BYTES, "base64url");
  // Several texts stand for the same bytes, if one asks a reader that bears with anything.
  if (room.toString("base64url", BLOCK_BYTES) !== text) return null;
  const key = keyFor(purpose);
  key.inner.copy(room);
  expected.write(macOf(room.subarray(0, end), key), "latin1");
  return timingSafeEqual(room.subarray(end), expected) ? room.subarray(BLOCK_BYTES, end) : null;
}
