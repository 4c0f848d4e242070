import { useLocale, useTranslations } from "next-intl";
import { Island } from "@/components/light/island";
import { Link } from "@/i18n/navigation";
import { NavLink } from "./nav-link";
import { type MenuTexts, SiteMenu } from "./site-menu";
import { Wordmark } from "./wordmark";

/** The bar on top of every page; the same bytes for every visitor. */
export function Header() {
  const t = useTranslations("shell");
  const locale = useLocale();
  const links = [
    { href: "/", text: t("nav.concerts") },
    { href: "/lines", text: t("nav.lines") },
    { href: "/tickets", text: t("nav.tickets") },
    { href: "/reservations", text: t("nav.reservations") },
    { href: "/wallet", text: t("nav.wallet") },
  ];
  const texts: MenuTexts = {
    open: t("menu.open"),
    signIn: t("menu.signIn"),
    signUp: t("menu.signUp"),
    signOut: t("menu.signOut"),
    account: t("menu.account"),
    organizer: t("menu.organizer"),
    language: t("language.label"),
    theme: t("theme.label"),
    themes: { system: t("theme.system"), light: t("theme.light"), dark: t("theme.dark") },
    links,
    organizerLinks: [
      { href: "/organizer", text: t("menu.organizerConcerts") },
      { href: "/organizer/import", text: t("menu.organizerImport") },
      { href: "/organizer/check-in", text: t("menu.organizerCheckIn") },
      { href: "/organizer/wallets", text: t("menu.organizerWallets") },
    ],
    otherLocale: { to: locale === "ko" ? "en" : "ko", name: t("language.other") },
  };
  return (
    <header className="sticky top-0 z-30 border-line border-b bg-paper/92 backdrop-blur-md">
      <div className="page-width flex h-16 items-center gap-8">
        <Link href="/" className="-mx-2 flex min-h-11 items-center px-2" aria-label={t("home")}>
          <Wordmark />
        </Link>
        <nav aria-label={t("nav.label")} className="flex flex-1 gap-1 max-md:hidden">
          {links.map(({ href, text }) => (
            <NavLink key={href} href={href}>
              {text}
            </NavLink>
          ))}
        </nav>
        <div className="flex-1 md:hidden" />
        <Island name="site-menu" props={{ texts }}>
          <SiteMenu texts={texts} />
        </Island>
      </div>
    </header>
  );
}
