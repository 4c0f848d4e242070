import type { ComponentProps } from "react";

type Href = string | { pathname: string; query?: Record<string, string> };

const locale = (): string => document.documentElement.lang;

/** A path of this site with its language and query, as the browser is to go to it. */
function addressOf(href: Href): string {
  const { pathname, query } = typeof href === "string" ? { pathname: href, query: undefined } : href;
  const search = query ? `?${new URLSearchParams(query)}` : "";
  return `/${locale()}${pathname === "/" ? "" : pathname}${search}`;
}

type LinkProps = Omit<ComponentProps<"a">, "href"> & { href: Href; locale?: string; prefetch?: boolean };

/** `i18n/navigation` for light pages: plain links, which load the next page whole. */
export function Link({ href, locale: _locale, prefetch: _prefetch, ...rest }: LinkProps) {
  return <a {...rest} href={addressOf(href)} />;
}

const router = {
  push: (href: Href) => window.location.assign(addressOf(href)),
  replace: (href: Href) => window.location.replace(addressOf(href)),
  prefetch: () => {},
  refresh: () => window.location.reload(),
  back: () => window.history.back(),
  forward: () => window.history.forward(),
};

export const useRouter = () => router;

/** This page's path without its language. */
export const usePathname = (): string => window.location.pathname.replace(/^\/[a-z]{2}(?=\/|$)/, "") || "/";

export const getPathname = ({ href }: { href: Href }): string => addressOf(href);
