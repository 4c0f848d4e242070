import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from "node:crypto";
import { readEnv } from "./env";
import { oncePerProcess } from "./registry";

/** What a signature is for. Each purpose has a key of its own, so a token made for one never passes for another. */
export type SigningPurpose = "challenge" | "queue" | "session" | "ticket" | "transfer";

const MAC_BYTES = 32;

const expected = Buffer.alloc(MAC_BYTES);

const keys = () => oncePerProcess("signing.keys", () => new Map<SigningPurpose, KeyObject>());

function keyFor(purpose: SigningPurpose): KeyObject {
  const known = keys().get(purpose);
  if (known) return known;
  const secret = readEnv().authSecret;
  if (!secret) throw new Error("AUTH_SECRET is not set.");
  const key = createSecretKey(createHmac("sha256", secret).update(`frontrow:${purpose}`).digest());
  keys().set(purpose, key);
  return key;
}

/** Writes the signature of `payload` at `at`. By way of a text: a buffer of its own costs as much again as the hash. */
function writeMac(bytes: Buffer, at: number, purpose: SigningPurpose, payload: Buffer): void {
  bytes.write(createHmac("sha256", keyFor(purpose)).update(payload).digest("binary"), at, "latin1");
}

/** Packs bytes and their HMAC-SHA-256 into one base64url text. */
export function sign(purpose: SigningPurpose, payload: Buffer): string {
  const bytes = Buffer.allocUnsafe(payload.length + MAC_BYTES);
  payload.copy(bytes);
  writeMac(bytes, payload.length, purpose, payload);
  return bytes.toString("base64url");
}

/** The bytes of a signed text, or null if a single bit of it was changed or it was made for another purpose. */
export function unsign(purpose: SigningPurpose, text: string): Buffer | null {
  const bytes = Buffer.from(text, "base64url");
  if (bytes.length <= MAC_BYTES || bytes.toString("base64url") !== text) return null;
  const payload = bytes.subarray(0, bytes.length - MAC_BYTES);
  writeMac(expected, 0, purpose, payload);
  return timingSafeEqual(bytes.subarray(bytes.length - MAC_BYTES), expected) ? payload : null;
}
