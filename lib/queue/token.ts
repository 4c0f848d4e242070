import { idFromBytes, writeId } from "@/lib/core/ids";
import { sign, unsign } from "@/lib/core/signing";

/** What a queue token says: whose place it is, in which line, and the number, so that a poll needs no lookup. */
export type QueueClaims = {
  concertId: string;
  entryId: string;
  userId: string;
  /** Null for a place in the lobby, which has no number yet. */
  number: number | null;
  /** Raised when the fan replaces the token; those of an earlier generation are refused. */
  generation: number;
  enteredAt: Date;
};

const BYTES = 64;
/** Numbers stay below 2^48, so that the generation fits into the eight bytes of the number. */
export const MOST_GENERATIONS = 0xffff;

/** Signs a queue token (HMAC-SHA-256); 128 characters. */
export function signQueueToken(claims: QueueClaims): string {
  const bytes = Buffer.allocUnsafe(BYTES);
  writeId(bytes, claims.concertId, 0);
  writeId(bytes, claims.entryId, 16);
  writeId(bytes, claims.userId, 32);
  bytes.writeUInt16BE(claims.generation, 48);
  bytes.writeUIntBE(claims.number ?? 0, 50, 6);
  // Milliseconds stay far below 2^53, and a BigInt would cost as much as the signature.
  const entered = claims.enteredAt.getTime();
  bytes.writeUInt32BE(Math.floor(entered / 2 ** 32), 56);
  bytes.writeUInt32BE(entered % 2 ** 32, 60);
  return sign("queue", bytes);
}

/** What a poll needs of a token: no ids, which cost more to write out than all the rest, and the instant in milliseconds. */
export type PlaceClaims = Pick<QueueClaims, "number" | "generation"> & { enteredAtMs: number };

/** The place that a token is for, if this product signed it for this concert, else null. */
export function readPlace(token: string, concertIdBytes: Uint8Array): PlaceClaims | null {
  if (token.length !== 128) return null;
  const bytes = unsign("queue", token);
  if (bytes?.length !== BYTES || bytes.compare(concertIdBytes, 0, 16, 0, 16) !== 0) return null;
  return placeIn(bytes);
}

function placeIn(bytes: Buffer): PlaceClaims {
  const number = bytes.readUIntBE(50, 6);
  return {
    number: number === 0 ? null : number,
    generation: bytes.readUInt16BE(48),
    enteredAtMs: bytes.readUInt32BE(56) * 2 ** 32 + bytes.readUInt32BE(60),
  };
}

/** The claims of a token that this product signed, else null. Says nothing about whether the place still holds. */
export function readQueueToken(token: string): QueueClaims | null {
  if (token.length !== 128) return null;
  const bytes = unsign("queue", token);
  if (bytes?.length !== BYTES) return null;
  const { number, generation, enteredAtMs } = placeIn(bytes);
  return {
    concertId: idFromBytes(bytes, 0),
    entryId: idFromBytes(bytes, 16),
    userId: idFromBytes(bytes, 32),
    number,
    generation,
    enteredAt: new Date(enteredAtMs),
  };
}
