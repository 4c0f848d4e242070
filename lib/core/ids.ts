import { randomFillSync, randomInt } from "node:crypto";
import { v7, validate } from "uuid";

/** How many bytes an id takes in a signed text. */
export const ID_BYTES = 16;

/** How many of an id's bytes are random: the last ones. The library takes them from these places of a longer array. */
const RANDOM_FROM = 10;

/** Asking the system for a few bytes costs ten times what they cost out of a larger piece. */
const pool = new Uint8Array(682 * (ID_BYTES - RANDOM_FROM));
let used = pool.length;

const random = new Uint8Array(ID_BYTES);

function randomBytes(): Uint8Array {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  for (let at = RANDOM_FROM; at < ID_BYTES; at += 1) {
    random[at] = pool[used] as number;
    used += 1;
  }
  return random;
}

let count = randomInt(2 ** 32);
const made = new Uint8Array(ID_BYTES);

/** A new id: UUID version 7, so that rows made together lie together in an index; in one process they only rise. */
export function newId(): string {
  count = (count + 1) >>> 0;
  // Into bytes of ours: the library's own text is put together of twenty pieces, a kilobyte in all.
  return idFromBytes(v7({ random: randomBytes(), seq: count }, made));
}

/** Whether a text is a UUID; anything else cannot name a row and need not reach the database. */
export const isId = (text: string): boolean => validate(text);

const DIGITS = Buffer.from("0123456789abcdef");
const TEXT_LENGTH = 36;
const DASH = "-".charCodeAt(0);
const DASHES = [8, 13, 18, 23];
/** Where in an id's text each of its bytes stands. */
const PLACES = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];

/** What a digit of an id stands for, by its code; 255 for anything else. */
const digitOf = new Uint8Array(0x10000).fill(255);
for (const [value, code] of DIGITS.entries()) {
  digitOf[code] = value;
  digitOf[String.fromCharCode(code).toUpperCase().charCodeAt(0)] = value;
}

// By hand, here and below: tokens are made and read with every join, and each id took a library 0.4 to 0.6 µs.
/** Writes an id as 16 bytes; throws a `TypeError` if it is none. */
export function writeId(bytes: Uint8Array, id: string, offset: number): void {
  let wrong = id.length === TEXT_LENGTH && DASHES.every((at) => id.charCodeAt(at) === DASH) ? 0 : 255;
  for (let at = 0; at < ID_BYTES; at += 1) {
    const place = PLACES[at] as number;
    const high = digitOf[id.charCodeAt(place)] as number;
    const low = digitOf[id.charCodeAt(place + 1)] as number;
    wrong |= high | low;
    bytes[offset + at] = (high << 4) | low;
  }
  if (wrong > 15) throw new TypeError(`'${id}' is not an id.`);
}

/** An id as its 16 bytes. Throws a `TypeError` if it is none. */
export function idToBytes(id: string): Buffer {
  const bytes = Buffer.alloc(ID_BYTES);
  writeId(bytes, id, 0);
  return bytes;
}

const text = Buffer.from("00000000-0000-0000-0000-000000000000");

/** The id that 16 bytes at `offset` stand for. */
export function idFromBytes(bytes: Uint8Array, offset = 0): string {
  for (let at = 0; at < ID_BYTES; at += 1) {
    const byte = bytes[offset + at] as number;
    const place = PLACES[at] as number;
    text[place] = DIGITS[byte >> 4] as number;
    text[place + 1] = DIGITS[byte & 15] as number;
  }
  return text.toString("latin1");
}
