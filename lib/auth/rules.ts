/** Length of a password in UTF-16 units; the upper limit keeps hashing cheap for everybody else. */
export const PASSWORD_MIN = 8;
export const PASSWORD_MAX = 200;

export const NAME_MAX = 80;

/** The longest address that mail can carry (RFC 5321). */
export const EMAIL_MAX = 254;

/** How long a session lasts: 30 days. */
export const SESSION_SECONDS = 30 * 24 * 60 * 60;

/**
 * A plain address: dot-separated ASCII words, `@`, a domain of at least two labels. Narrower than RFC 5322 on purpose:
 * quoted local parts (`"e@evil"@victim.com`), comments, other scripts' look-alikes of `@` and control characters have
 * each opened accounts to strangers somewhere.
 */
export const EMAIL_PATTERN =
  /^(?=.{1,64}@)[A-Za-z0-9_'+&~-]+(?:\.[A-Za-z0-9_'+&~-]+)*@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])$/;

/**
 * The one spelling under which an address is kept and looked up. Call it only on text that fits `EMAIL_PATTERN`:
 * being ASCII it has one Unicode form, so lower case is all that is left (a Kelvin sign never becomes a `k`).
 */
export const normaliseEmail = (email: string): string => email.toLowerCase();

/** Characters that break a line, hide text or turn its direction around, and halves of a surrogate pair. */
export const UNPRINTABLE = /[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;
