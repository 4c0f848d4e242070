"use client";

import type { ReactNode } from "react";
import { Link, usePathname } from "@/i18n/navigation";

/** A link of the main navigation that knows when it is the page itself. */
export function NavLink({ href, children }: { href: string; children: ReactNode }) {
  const path = usePathname();
  const here = path === href || (href === "/" && path.startsWith("/concerts"));
  return (
    <Link
      href={href}
      prefetch={false}
      aria-current={path === href ? "page" : undefined}
      className={`flex min-h-11 items-center rounded-control px-3 font-medium text-[0.9375rem] transition-colors hover:text-ink ${here ? "text-ink" : "text-muted"}`}
    >
      {children}
    </Link>
  );
}
