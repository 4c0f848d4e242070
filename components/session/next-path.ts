const HERE = "http://frontrow.invalid";

/**
 * Where to go after signing in: `?next=` if it is a path of this site, else `/`. Refuses `//host`, `/\host`, control
 * characters and schemes by resolving the text as a browser would.
 */
export function safeNextPath(next: string | null | undefined): string {
  if (!next?.startsWith("/") || next.length > 2000) return "/";
  let url: URL;
  try {
    url = new URL(next, HERE);
  } catch {
    return "/";
  }
  if (url.origin !== HERE || url.pathname.startsWith("//") || url.pathname.startsWith("/api/")) return "/";
  return url.pathname + url.search + url.hash;
}
