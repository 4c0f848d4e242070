import { defineRouting } from "next-intl/routing";

/** The languages of the pages, always named in the path, so that every page stays static and cacheable. */
export const routing = defineRouting({
  locales: ["ko", "en"],
  defaultLocale: "ko",
  localePrefix: "always",
});

export type Locale = (typeof routing.locales)[number];
