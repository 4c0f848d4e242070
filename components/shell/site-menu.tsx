"use client";

import { Menu } from "lucide-react";
import { useRef } from "react";
import { signOut } from "@/components/session/credentials";
import { useSession } from "@/components/session/session";
import { Link, usePathname } from "@/i18n/navigation";
import type { Locale } from "@/i18n/routing";
import { LocaleSwitch } from "./locale-switch";
import { ThemeSwitch } from "./theme-switch";

export type MenuTexts = {
  open: string;
  signIn: string;
  signUp: string;
  signOut: string;
  account: string;
  organizer: string;
  language: string;
  theme: string;
  themes: { system: string; light: string; dark: string };
  links: { href: string; text: string }[];
  organizerLinks: { href: string; text: string }[];
  otherLocale: { to: Locale; name: string };
};

const ITEM =
  "flex min-h-11 items-center rounded-control px-3 font-medium text-[0.9375rem] hover:bg-sunken aria-[current=page]:font-bold";

/** Account, navigation, language and theme behind one button; the browser's popover does the opening. */
export function SiteMenu({ texts }: { texts: MenuTexts }) {
  const session = useSession();
  const path = usePathname();
  const panel = useRef<HTMLDivElement>(null);
  const { user } = session;
  const organizes = user?.role === "organizer" || user?.role === "admin";
  const item = ({ href, text }: { href: string; text: string }) => (
    <li key={href}>
      <Link
        href={href}
        aria-current={path === href ? "page" : undefined}
        className={ITEM}
        onClick={() => panel.current?.hidePopover()}
      >
        {text}
      </Link>
    </li>
  );

  return (
    <div className="flex items-center gap-1">
      {session.status === "signed-out" && (
        <Link
          href="/sign-in"
          className="flex min-h-11 items-center rounded-control px-3 font-semibold text-[0.9375rem] hover:bg-sunken"
        >
          {texts.signIn}
        </Link>
      )}
      <button
        type="button"
        popoverTarget="site-menu"
        aria-label={texts.open}
        className="-mr-2 flex size-11 items-center justify-center rounded-full hover:bg-sunken"
      >
        {user ? (
          <span className="flex size-8 items-center justify-center rounded-full bg-ink font-bold text-paper text-sm">
            {[...user.name][0]?.toUpperCase()}
          </span>
        ) : (
          <Menu aria-hidden="true" className="size-6" />
        )}
      </button>
      <div
        ref={panel}
        id="site-menu"
        popover="auto"
        className="fixed inset-auto top-[4.25rem] right-[max(0.75rem,calc((100vw-76rem)/2+1rem))] max-h-[calc(100dvh-5.5rem)] w-[min(21rem,calc(100vw-1.5rem))] overflow-y-auto rounded-card border border-line bg-surface p-3 text-ink shadow-2xl open:animate-rise"
      >
        {user && (
          <p className="mb-1 border-line border-b px-3 pt-1 pb-3">
            <span className="block truncate font-bold">{user.name}</span>
            <span className="block truncate text-muted text-sm">{user.email}</span>
          </p>
        )}
        <nav aria-label={texts.account}>
          <ul>
            {texts.links.map(item)}
            {session.status === "signed-out" && [
              item({ href: "/sign-in", text: texts.signIn }),
              item({ href: "/sign-up", text: texts.signUp }),
            ]}
          </ul>
          {organizes && (
            <>
              <p className="mt-2 border-line border-t px-3 pt-4 pb-1 font-semibold text-muted text-xs">
                {texts.organizer}
              </p>
              <ul>{texts.organizerLinks.map(item)}</ul>
            </>
          )}
        </nav>
        <div className="mt-2 space-y-1 border-line border-t pt-3">
          <div className="flex items-center justify-between px-3">
            <span className="text-muted text-sm">{texts.language}</span>
            <LocaleSwitch
              {...texts.otherLocale}
              className="flex min-h-11 items-center rounded-control px-3 font-semibold text-sm hover:bg-sunken"
            />
          </div>
          <ThemeSwitch label={texts.theme} names={texts.themes} />
        </div>
        {user && (
          <button
            type="button"
            className={`${ITEM} mt-2 w-full`}
            onClick={async () => {
              await signOut();
              panel.current?.hidePopover();
              window.location.assign("/");
            }}
          >
            {texts.signOut}
          </button>
        )}
      </div>
    </div>
  );
}
