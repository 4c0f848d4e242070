import { createHash } from "node:crypto";

/** What every answer carries, errors and files too. The camera is the door scanner's. */
export const SECURITY_HEADERS: Record<string, string> = {
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
  "Referrer-Policy": "strict-origin-when-cross-origin",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Permissions-Policy": "camera=(self), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()",
};

/** Added where visitors come over https, so that they never come otherwise again (two years). */
export const TRANSPORT_SECURITY = "max-age=63072000; includeSubDomains";

/**
 * The Content-Security-Policy of a page, with what its scripts may be. Styles may stand inline: components position
 * things by style attributes, and a style cannot run.
 */
export function pagePolicy(scripts: string, connect = "'self'"): string {
  return [
    "default-src 'self'",
    `script-src ${scripts}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    `connect-src ${connect}`,
    "worker-src 'self' blob:",
    "manifest-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-src 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}

/** For answers without a page of ours in them. */
export const BARE_POLICY = pagePolicy("'self'");

/** While developing, Next replaces modules by eval and over a web socket. */
export const DEVELOPMENT_POLICY = pagePolicy("'self' 'unsafe-inline' 'unsafe-eval'", "'self' ws:");

/**
 * Where plain Next serves the pages nobody sees the finished HTML, so its inline scripts cannot be named by hash
 * (a nonce would make every page dynamic). Our own server replaces this by the strict policy.
 */
export const PLAIN_NEXT_POLICY = pagePolicy("'self' 'unsafe-inline'");

/** The door's page, in any language: it alone may run WebAssembly, which reads QR codes where the browser cannot. */
const DOOR_PAGE = /^\/[a-z]{2}\/organizer\/check-in$/;
const WEB_ASSEMBLY = "'wasm-unsafe-eval'";

/** The same for the door's page on plain Next, and the paths that it is at. */
export const PLAIN_NEXT_DOOR = {
  source: "/:locale/organizer/check-in",
  policy: pagePolicy(`'self' 'unsafe-inline' ${WEB_ASSEMBLY}`),
};

const INLINE_SCRIPT = /<script(?![^>]*\ssrc=)[^>]*>([\s\S]*?)<\/script>/gi;

/** Whether the page at a path, which is the door's, needs WebAssembly. */
export const needsWebAssembly = (path: string): boolean => DOOR_PAGE.test(path);

/** The policy of one finished page: files of our own, and exactly the inline scripts that stand in it. */
export function policyOf(html: string, webAssembly = false): string {
  const hashes = new Set<string>();
  for (const [, script = ""] of html.matchAll(INLINE_SCRIPT)) {
    if (script) hashes.add(`'sha256-${createHash("sha256").update(script).digest("base64")}'`);
  }
  return pagePolicy(["'self'", ...hashes, ...(webAssembly ? [WEB_ASSEMBLY] : [])].join(" "));
}
