import { parse, stringify, v7, validate } from "uuid";

/** A new id: UUID version 7, so that rows made together lie together in an index. */
export const newId = (): string => v7();

/** Whether a text is a UUID; anything else cannot name a row and need not reach the database. */
export const isId = (text: string): boolean => validate(text);

/** How many bytes an id takes in a signed text. */
export const ID_BYTES = 16;

/** An id as its 16 bytes. */
export const idToBytes = (id: string): Buffer => Buffer.from(parse(id));

/** The id that 16 bytes at `offset` stand for; throws a `TypeError` if they are no UUID. */
export const idFromBytes = (bytes: Uint8Array, offset = 0): string => stringify(bytes, offset);
