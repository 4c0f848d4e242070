import { defineRouting } from "next-intl/routing";

/** The locale stands in every path, so that pages stay static and a link always opens in its language. */
export const routing = defineRouting({
  locales: ["ko", "en"],
  defaultLocale: "ko",
  localePrefix: "always",
});

export type Locale = (typeof routing.locales)[number];
