import { routing } from "@/i18n/routing";
import { safeNextPath } from "./next-path";

const LOCALE_PREFIX = new RegExp(`^/(${routing.locales.join("|")})(?=/|$)`);

/** Where `?next=` of this page leads, without the locale, which the router adds. */
export function nextPath(): string {
  const next = safeNextPath(new URLSearchParams(window.location.search).get("next"));
  return next.replace(LOCALE_PREFIX, "") || "/";
}

/** The query that carries `?next=` along to the other form. */
export const keepNext = (path: string): string => `${path}${window.location.search}`;
