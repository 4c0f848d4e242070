/** What every answer of the API carries: nothing of it may run, be framed or be guessed at in a browser. */
export const SECURITY_HEADERS = {
  "X-Content-Type-Options": "nosniff",
  "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Strict-Transport-Security": "max-age=31536000",
} as const;

export const JSON_TYPE = "application/json; charset=utf-8";
export const PROBLEM_TYPE = "application/problem+json; charset=utf-8";

/** An answer about somebody: no cache may keep it. */
export const PERSONAL = "no-store";

/** A public answer that may be a second old, so that a CDN or nginx can take the load. */
export const PUBLIC_FOR_A_SECOND = "public, max-age=1";

/** Of a JSON answer about somebody. */
export const PERSONAL_JSON = { ...SECURITY_HEADERS, "Content-Type": JSON_TYPE, "Cache-Control": PERSONAL } as const;
