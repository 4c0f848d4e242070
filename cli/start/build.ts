import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { StartFault } from "@/lib/core/start-fault";

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

const OUTPUT = ".next";
const STAMP = path.join(OUTPUT, "build-stamp");

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

/** Builds the pages for production; needs no database. Throws `StartFault` after showing what Next said. */
export async function build(): Promise<void> {
  const stamp = await sourcesStamp();
  const next = createRequire(import.meta.url).resolve("next/dist/bin/next");
  const child = spawn(process.execPath, [next, "build"], { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  const keep = (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-20_000);
  };
  child.stdout.on("data", keep);
  child.stderr.on("data", keep);
  const stop = () => child.kill("SIGTERM");
  process.once("SIGINT", stop).once("SIGTERM", stop);
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  process.off("SIGINT", stop).off("SIGTERM", stop);
  if (code !== 0) {
    process.stderr.write(said);
    throw new StartFault("The pages could not be built; the reason stands above.");
  }
  await writeFile(STAMP, `${stamp}\n`);
}
