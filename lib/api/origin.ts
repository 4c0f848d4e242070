import { AppError } from "@/lib/core/errors";

type Header = (name: string) => string | undefined;

const firstOf = (list: string | undefined): string | undefined => list?.split(",")[0]?.trim();

/**
 * Whether `Origin` names the very host that was asked. Behind a trusted proxy that host (and scheme) is what
 * `X-Forwarded-*` say; otherwise anybody could write those.
 */
export function isSameOrigin(header: Header, trustProxy: boolean): boolean {
  const origin = header("origin");
  const host = (trustProxy ? firstOf(header("x-forwarded-host")) : undefined) ?? header("host");
  if (!origin || origin === "null" || !host) return false;
  const scheme = trustProxy ? firstOf(header("x-forwarded-proto")) : undefined;
  try {
    const { protocol, origin: normal } = new URL(origin);
    if (normal !== origin || (protocol !== "http:" && protocol !== "https:")) return false;
    if (scheme && `${scheme}:` !== protocol) return false;
    return new URL(`${protocol}//${host}`).origin === normal;
  } catch {
    return false;
  }
}

/** Keeps other sites from changing things with a visitor's cookie. Throws `forbidden`. */
export function requireSameOrigin(header: Header, trustProxy: boolean): void {
  if (isSameOrigin(header, trustProxy)) return;
  throw new AppError("forbidden", "A call that changes something with a cookie needs this site's own Origin.");
}
