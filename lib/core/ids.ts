import { v7, validate } from "uuid";

/** A new id: UUID version 7, so that rows made together lie together in an index. */
export const newId = (): string => v7();

/** Whether a text is a UUID; anything else cannot name a row and need not reach the database. */
export const isId = (text: string): boolean => validate(text);
