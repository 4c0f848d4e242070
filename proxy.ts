import createMiddleware from "next-intl/middleware";
import { routing } from "@/i18n/routing";

/** Sends a path without a language to the visitor's own (cookie, then Accept-Language). It decides nothing else. */
export const proxy = createMiddleware(routing);

export const config = {
  // Paths that name their language never come here, nor do the API, Next's own files and anything with an extension.
  matcher: ["/((?!api/|_next/|ko$|ko/|en$|en/|.*\\..*).*)"],
};
