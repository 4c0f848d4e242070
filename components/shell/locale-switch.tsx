"use client";

import { usePathname } from "@/i18n/navigation";
import type { Locale } from "@/i18n/routing";

/**
 * The same page in the other language. A full load on purpose: `<html lang>` and the theme are set anew with it.
 * The cookie lets an address without a language lead here from now on.
 */
export function LocaleSwitch({ to, name, className = "" }: { to: Locale; name: string; className?: string }) {
  const path = usePathname();
  const href = `/${to}${path === "/" ? "" : path}`;
  return (
    <a
      href={href}
      hrefLang={to}
      lang={to}
      onClick={(press) => {
        // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in every browser.
        document.cookie = `NEXT_LOCALE=${to}; Path=/; Max-Age=31536000; SameSite=Lax`;
        press.currentTarget.href = href + window.location.search;
      }}
      className={className}
    >
      {name}
    </a>
  );
}
