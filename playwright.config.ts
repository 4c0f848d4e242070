import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { defineConfig, devices } from "@playwright/test";
import { CHROMIUM_FLAGS, findChromium } from "./cli/shared/chromium";
import { freePort } from "./db/embedded";

// Workers read this file too and must find the same server.
process.env.FRONTROW_E2E_PORT ??= String(await freePort());
process.env.FRONTROW_E2E_DATA ??= mkdtempSync(path.join(tmpdir(), "frontrow-e2e-"));
process.env.FRONTROW_E2E_CHROMIUM ??= await findChromium();
const baseURL = `http://127.0.0.1:${process.env.FRONTROW_E2E_PORT}`;

export default defineConfig({
  testDir: "e2e",
  testMatch: "**/*.spec.ts",
  outputDir: "test-results",
  workers: 2,
  timeout: 180_000,
  expect: { timeout: 20_000 },
  forbidOnly: true,
  reporter: process.env.PLAYWRIGHT_JSON_OUTPUT_NAME ? [["line"], ["json"]] : [["list"]],
  use: {
    baseURL,
    locale: "ko-KR",
    timezoneId: "Asia/Seoul",
    trace: "retain-on-failure",
    launchOptions: { executablePath: process.env.FRONTROW_E2E_CHROMIUM, args: CHROMIUM_FLAGS },
  },
  projects: [
    { name: "desktop", use: { ...devices["Desktop Chrome"], locale: "ko-KR", viewport: { width: 1280, height: 900 } } },
    {
      name: "phone",
      use: { ...devices["Pixel 7"], locale: "ko-KR", viewport: { width: 390, height: 844 } },
      testIgnore: "**/*.server.spec.ts",
    },
  ],
  webServer: {
    command: "node cli/start/run.mjs",
    url: `${baseURL}/api/health/ready`,
    timeout: 300_000,
    env: { PORT: process.env.FRONTROW_E2E_PORT, DATA_DIR: process.env.FRONTROW_E2E_DATA },
    gracefulShutdown: { signal: "SIGTERM", timeout: 20_000 },
    stdout: "ignore",
    stderr: "pipe",
  },
});
