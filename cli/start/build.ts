import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { stripVTControlCharacters } from "node:util";
import { StartFault } from "@/lib/core/start-fault";
import { buildLightScript } from "./light-build";
import { compressStaticFiles } from "./static-files";

/** What the pages are made from. */
const FOLDERS = ["app", "components", "db", "i18n", "lib", "messages", "public"];
const FILES = [
  "instrumentation.ts",
  "next.config.ts",
  "package-lock.json",
  "postcss.config.mjs",
  "proxy.ts",
  "tsconfig.json",
];

/** Where the build lies. */
export const OUTPUT = ".next";
const STAMP = path.join(OUTPUT, "build-stamp");

/** Which script the light pages load. */
export const LIGHT_SCRIPT = path.join(OUTPUT, "light-script.json");

/** Scripts, styles and fonts of the build. */
export const STATIC_FILES = path.join(OUTPUT, "static");

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name));
}

/** One text that changes whenever a build would turn out differently. */
async function sourcesStamp(): Promise<string> {
  const files = [...FILES, ...(await Promise.all(FOLDERS.map(filesBelow))).flat()].sort();
  const hash = createHash("sha256").update(process.version);
  for (const file of files) {
    const bytes = await readFile(file).catch(() => null);
    if (bytes) hash.update(`\0${file}\0${bytes.length}\0`).update(bytes);
  }
  return hash.digest("hex");
}

/** Whether the finished build is of the sources as they are. */
export async function isBuilt(): Promise<boolean> {
  const [stamp, kept] = await Promise.all([sourcesStamp(), readFile(STAMP, "utf8").catch(() => "")]);
  return stamp === kept.trim();
}

/** Next's own lock on the output: somebody else builds, or a killed start left its build running. */
const LOCKED = /Another .*next build.* process is already running/;

const LOCKED_RETRY_MS = 2000;

/**
 * Builds the pages for production; needs no database. Waits for a build that is under way already, and is content with
 * it if it was of the same sources. Throws `StartFault` after showing what Next said.
 */
export async function build(signal?: AbortSignal): Promise<void> {
  for (;;) {
    const stamp = await sourcesStamp();
    // A build that is cut short must not pass for the one before it.
    await rm(STAMP, { force: true });
    const { code, said } = await runNextBuild(signal);
    signal?.throwIfAborted();
    if (code === 0) {
      await writeFile(LIGHT_SCRIPT, JSON.stringify(await buildLightScript(STATIC_FILES)));
      await compressStaticFiles(STATIC_FILES);
      await writeFile(STAMP, `${stamp}\n`);
      return;
    }
    if (!LOCKED.test(stripVTControlCharacters(said))) {
      process.stderr.write(said);
      throw new StartFault("The pages could not be built; the reason stands above.");
    }
    await new Promise((resolve) => setTimeout(resolve, LOCKED_RETRY_MS));
    if (await isBuilt()) return;
  }
}

async function runNextBuild(signal?: AbortSignal): Promise<{ code: number | null; said: string }> {
  const next = createRequire(import.meta.url).resolve("next/dist/bin/next");
  const child = spawn(process.execPath, [next, "build"], {
    stdio: ["ignore", "pipe", "pipe"],
    ...(signal && { signal }),
  });
  let said = "";
  const keep = (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-20_000);
  };
  child.stdout.on("data", keep);
  child.stderr.on("data", keep);
  // Of being aborted we hear by `close` as well.
  child.on("error", () => {});
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { code, said };
}
