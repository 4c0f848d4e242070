/** Crockford's base 32: no letter is taken for another one when a code is read out. */
const LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** 60 bits: nobody guesses one of them in ten tries a minute. */
const LENGTH = 12;

/** At most so many invitations of one concert, revoked ones included. */
export const MOST_INVITATIONS = 500;

/** A code from random bytes, 5 bits of each. */
export const codeFrom = (bytes: Uint8Array): string =>
  Array.from(bytes.subarray(0, LENGTH), (byte) => LETTERS[byte % 32]).join("");

/** How many random bytes a code takes. */
export const CODE_BYTES = LENGTH;

/** What a fan typed as a code is kept: upper case, no separators, letters that look like digits as digits. */
export const normalCode = (text: string): string =>
  text.toUpperCase().replace(/[\s-]/g, "").replace(/[IL]/g, "1").replaceAll("O", "0");

/** A code as it is shown: in groups of four. */
export const shownCode = (code: string): string => code.replace(/(.{4})(?=.)/g, "$1-");
