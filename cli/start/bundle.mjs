import { createHash, randomBytes } from "node:crypto";
import { mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/**
 * Where packages are found from. Not below `.next`: on its way to a package Node looks for a `package.json` in every folder
 * above a program, and would remember that `.next` has none when the first build has put one there, which says that the
 * pages' scripts are CommonJS.
 */
const PROGRAMS = path.join(ROOT, "node_modules/.cache/frontrow");

/** A source file finds what lies beside it, whichever file it ends up in. */
const ownAddresses = {
  name: "own-addresses",
  /** @param {import("esbuild").PluginBuild} plugin */
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, async ({ path: file }) => {
      const text = await readFile(file, "utf8");
      if (!text.includes("import.meta.url")) return undefined;
      return { contents: text.replaceAll("import.meta.url", JSON.stringify(pathToFileURL(file).href)), loader: "ts" };
    });
  },
};

const exists = (file) =>
  stat(file).then(
    () => true,
    () => false,
  );

/**
 * Makes one program of a TypeScript file of this project and all that it imports, packages aside; answers where it lies. It
 * takes a quarter of a second, and what was made of the same sources is used again. A translator that works while a program
 * runs (tsx) keeps the name of every function by defining it anew each time: 5 µs for each one that a request makes, and keeps
 * a thread of its own. What is imported late stays apart, so that it is loaded late.
 *
 * @param {string} entry From the project's folder, such as `server.ts`.
 * @returns {Promise<string>} The program's file.
 */
export async function bundle(entry) {
  const { outputFiles } = await build({
    absWorkingDir: ROOT,
    entryPoints: [entry],
    outdir: PROGRAMS,
    entryNames: "main",
    chunkNames: "[name]-[hash]",
    outExtension: { ".js": ".mjs" },
    write: false,
    bundle: true,
    splitting: true,
    platform: "node",
    format: "esm",
    target: "node20",
    packages: "external",
    alias: { "@": ROOT.replace(/\/$/, "") },
    plugins: [ownAddresses],
    logLevel: "warning",
  });
  const hash = createHash("sha256").update(entry);
  for (const { path: file, contents } of outputFiles) hash.update(file).update(contents);
  const folder = path.join(PROGRAMS, hash.digest("hex").slice(0, 20));
  if (!(await exists(folder))) await writeTogether(folder, outputFiles);
  return path.join(folder, "main.mjs");
}

/** The folder appears when everything is in it; whoever is second finds the same there. */
async function writeTogether(folder, files) {
  const unfinished = `${folder}.${randomBytes(4).toString("hex")}`;
  await mkdir(unfinished, { recursive: true });
  for (const { path: file, contents } of files) await writeFile(path.join(unfinished, path.basename(file)), contents);
  try {
    await rename(unfinished, folder);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    if (!(await exists(folder))) throw error;
  }
}
