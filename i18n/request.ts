import { locale as localeOfPath } from "next/root-params";
import { hasLocale } from "next-intl";
import { getRequestConfig } from "next-intl/server";
import { AREAS } from "./areas";
import { routing } from "./routing";

export default getRequestConfig(async ({ locale: asked }) => {
  // From the path itself: Next renders `loading` and `not-found` beside the layout, before that has named the locale.
  const requested = asked ?? (await localeOfPath());
  const locale = hasLocale(routing.locales, requested) ? requested : routing.defaultLocale;
  const loaded = await Promise.all(
    AREAS.map(async (area) => [area, (await import(`../messages/${locale}/${area}.json`)).default] as const),
  );
  return { locale, messages: Object.fromEntries(loaded), timeZone: "Asia/Seoul" };
});
