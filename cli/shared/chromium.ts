import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { promisify } from "node:util";
import { chromium } from "@playwright/test";
import { readEnv } from "@/lib/core/env";

const run = promisify(execFile);

const works = (file: string): Promise<boolean> =>
  run(file, ["--version", "--no-sandbox"], { timeout: 20_000 }).then(
    () => true,
    () => false,
  );

/** The one from npm: unpacked at first use, once more if that was interrupted. */
async function fromNpm(): Promise<string> {
  const { default: packed } = await import("@sparticuz/chromium");
  const file = await packed.executablePath();
  if (await works(file)) return file;
  await rm(file, { force: true });
  return packed.executablePath();
}

/** A Chromium to test with: CHROMIUM_PATH, the system's, Playwright's own, or the one from npm, whichever is there. */
export async function findChromium(): Promise<string> {
  const candidates = [readEnv().chromiumPath, "/usr/bin/chromium", chromium.executablePath()];
  for (const file of candidates) if (file && existsSync(file)) return file;
  return fromNpm();
}

/** No calls home, no graphics card; as root Chromium's own sandbox cannot start. */
export const CHROMIUM_FLAGS = [
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-gpu",
  ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
];
