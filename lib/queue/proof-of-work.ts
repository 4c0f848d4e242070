import { createHash, randomBytes } from "node:crypto";
import { AppError } from "@/lib/core/errors";
import { ID_BYTES, idFromBytes, idToBytes } from "@/lib/core/ids";
import { sign, unsign } from "@/lib/core/signing";
import { leadingZeroBits } from "./rules";
import type { Challenge } from "./schema";

/** How long a challenge is good: time enough for a slow phone, too short for keeping a store of them. */
export const CHALLENGE_SECONDS = 120;

const EXPIRES_AT = 2 * ID_BYTES;
const BITS_AT = EXPIRES_AT + 8;
const SALT_AT = BITS_AT + 1;
const SALT_BYTES = 12;

/** Challenge, a point, and the number that was found; see `proofText`. */
const PROOF = /^([\w-]{40,200})\.\d{1,16}$/;

/** A challenge for one fan at one line. Nothing is kept of it: its signature says what it is good for. */
export function makeChallenge({
  concertId,
  userId,
  bits,
}: {
  concertId: string;
  userId: string;
  bits: number;
}): Challenge {
  const expiresAt = Date.now() + CHALLENGE_SECONDS * 1000;
  const bytes = Buffer.alloc(SALT_AT + SALT_BYTES);
  bytes.set(idToBytes(concertId), 0);
  bytes.set(idToBytes(userId), ID_BYTES);
  bytes.writeBigUInt64BE(BigInt(expiresAt), EXPIRES_AT);
  bytes.writeUInt8(bits, BITS_AT);
  bytes.set(randomBytes(SALT_BYTES), SALT_AT);
  return { text: sign("challenge", bytes), bits, expiresAt: new Date(expiresAt).toISOString() };
}

/**
 * Whether a text is the work that one of our challenges asked of this fan at this line, while it is good. Answers what
 * tells one challenge from every other, so that it can be spent once; else null. Costs one signature and one hash.
 */
export function checkProof(text: string, { concertId, userId }: { concertId: string; userId: string }): string | null {
  const challenge = PROOF.exec(text)?.[1];
  const bytes = challenge ? unsign("challenge", challenge) : null;
  if (bytes?.length !== SALT_AT + SALT_BYTES) return null;
  if (idFromBytes(bytes, 0) !== concertId || idFromBytes(bytes, ID_BYTES) !== userId) return null;
  if (Number(bytes.readBigUInt64BE(EXPIRES_AT)) <= Date.now()) return null;
  const hash = createHash("sha256").update(text).digest();
  return leadingZeroBits(hash) >= bytes.readUInt8(BITS_AT) ? bytes.toString("base64url", SALT_AT) : null;
}

/**
 * `rate_limited` with a challenge: whoever does the work may join at once, whoever cannot may come back when fewer do.
 */
export const proofNeeded = (challenge: Challenge, retryAfter: number): AppError =>
  new AppError(
    "rate_limited",
    "Too many are joining. Send the work that `challenge` asks for in the Proof-Of-Work header, or come back later.",
    { challenge },
    retryAfter,
  );
