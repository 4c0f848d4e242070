import { hasLocale } from "next-intl";
import { getRequestConfig } from "next-intl/server";
import { AREAS } from "./areas";
import { routing } from "./routing";

export default getRequestConfig(async ({ requestLocale }) => {
  const requested = await requestLocale;
  const locale = hasLocale(routing.locales, requested) ? requested : routing.defaultLocale;
  const loaded = await Promise.all(
    AREAS.map(async (area) => [area, (await import(`../messages/${locale}/${area}.json`)).default] as const),
  );
  return { locale, messages: Object.fromEntries(loaded), timeZone: "Asia/Seoul" };
});
